/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trained_box.h - the periodic box that a model was trained in, as its file tells

   Jumps are exact in any box, but proposals for another one are seldom accepted. */

#ifndef BGEN_STATE_TRAINED_BOX_H
#define BGEN_STATE_TRAINED_BOX_H

#include "engine/host.h"
#include "model/model_file.h"

#include <string>

namespace bgen {

class TrainedBox {
public:
  /* What a file is to tell: the present box where there are frames of one's own, or nothing was
     loaded. */
  std::string lengths(Host &host, bool has_frames) const;
  bgen_note note(const std::string &lengths) const; // points to its argument
  /* What to ask a file for while it is loaded, and its answer; warns if it is another box than the
     present. */
  static bgen_model_says question();
  void read(const std::string &path, const bgen_model_says &answer, Host &host);

private:
  std::string of_file_; // "": there is none, or it does not tell
};

} // namespace bgen

#endif
