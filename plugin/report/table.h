/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table.h - the columns of a table, said once: as lines for the screen, and as lines for a file

     static const Table TABLE({{"Step", 8, "d", "step", "d"},
                               {"ML", 9, ".3f", "ml", ".6f"},
                               {"", 0, "", "seconds", ".2f"}}); // in the file alone
     print(TABLE.header() + TABLE.row({12, 3.25, 0.5}));

   On the screen NaN is "-", in a file "nan". */

#ifndef BGEN_REPORT_TABLE_H
#define BGEN_REPORT_TABLE_H

#include <string>
#include <type_traits>
#include <vector>

namespace bgen {

/* A text, an integer or a number. */
class Cell {
public:
  Cell(const std::string &_text) : kind(TEXT), text(_text) {}
  Cell(const char *_text) : kind(TEXT), text(_text) {}
  template <class Number, class = std::enable_if_t<std::is_arithmetic<Number>::value>>
  Cell(Number value)
      : kind(std::is_integral<Number>::value ? INTEGER : NUMBER),
        integer(static_cast<long long>(std::is_integral<Number>::value ? value : 0)),
        number(static_cast<double>(value))
  {
  }

  enum Kind { TEXT, INTEGER, NUMBER } kind;
  std::string text;
  long long integer = 0;
  double number = 0.0;
};

struct Column {
  std::string title; // on the screen
  int width;         // there; 0: not shown; negative: flush left
  /* As in printf, without % and width: "s" text, "d" integer, ".3f", ".6g" or ".2e" number. */
  std::string format;
  std::string name = ""; // one word, in a file; "": not written
  std::string file_format = "";
};

class Table {
public:
  explicit Table(const std::vector<Column> &columns);

  /* A cell for each column, in their order; every line ends with a line feed. */
  std::string header() const;
  std::string row(const std::vector<Cell> &cells) const;
  std::string file_header() const; // "# name name ..."
  std::string file_row(const std::vector<Cell> &cells) const;

private:
  std::vector<Column> columns_;
};

/* One cell in a format of Column. */
std::string cell_text(const std::string &format, int width, const Cell &cell, const char *nan);

} // namespace bgen

#endif
