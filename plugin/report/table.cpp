/* SPDX-License-Identifier: GPL-2.0-or-later */

#include "report/table.h"

#include "input/text.h"

#include <cassert>
#include <cmath>
#include <cstdlib>

using namespace bgen;

Table::Table(const std::vector<Column> &columns) : columns_(columns) {}

static std::string number_text(const std::string &format, double number, const char *nan)
{
  if (std::isnan(number)) return nan;
  assert(format.size() >= 3 && format[0] == '.');
  const int decimals = static_cast<int>(strtol(format.c_str() + 1, nullptr, 10));
  switch (format.back()) {
  case 'f':
    return text("%.*f", decimals, number);
  case 'e':
    return text("%.*e", decimals, number);
  default:
    return text("%.*g", decimals, number);
  }
}

std::string bgen::cell_text(const std::string &format, int width, const Cell &cell, const char *nan)
{
  std::string what = cell.text;
  if (cell.kind == Cell::INTEGER) what = text("%lld", cell.integer);
  if (cell.kind == Cell::NUMBER) what = number_text(format, cell.number, nan);
  return text("%*s", width, what.c_str());
}

template <class Of> static std::string screen_line(const std::vector<Column> &columns, Of cell_of)
{
  std::string line;
  for (size_t k = 0; k < columns.size(); k++)
    if (columns[k].width) line += (line.empty() ? "" : " ") + cell_of(k);
  return line + "\n";
}

std::string Table::header() const
{
  return screen_line(columns_, [this](size_t k) {
    return cell_text("s", columns_[k].width, columns_[k].title, "-");
  });
}

std::string Table::row(const std::vector<Cell> &cells) const
{
  assert(cells.size() == columns_.size());
  return screen_line(columns_, [&](size_t k) {
    return cell_text(columns_[k].format, columns_[k].width, cells[k], "-");
  });
}

std::string Table::file_header() const
{
  std::string line = "#";
  for (const Column &column : columns_)
    if (!column.name.empty()) line += " " + column.name;
  return line + "\n";
}

std::string Table::file_row(const std::vector<Cell> &cells) const
{
  assert(cells.size() == columns_.size());
  std::string line;
  for (size_t k = 0; k < columns_.size(); k++)
    if (!columns_[k].name.empty())
      line += (line.empty() ? "" : " ") + cell_text(columns_[k].file_format, 0, cells[k], "nan");
  return line + "\n";
}
