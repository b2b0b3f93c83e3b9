# SPDX-License-Identifier: MIT
# Copies HEADERS from the folder FROM to TO, where they include each other as <bgen/...>; what lies there of an earlier
# build goes.
file(REMOVE_RECURSE ${TO})
foreach(header IN LISTS HEADERS)
  file(READ ${FROM}/${header} text)
  string(REGEX REPLACE "#include \"([a-z_/]+[.]h)\"" "#include <bgen/\\1>" text "${text}")
  file(WRITE ${TO}/${header} "${text}")
endforeach()
