/* SPDX-License-Identifier: GPL-2.0-or-later */
/* calls.h - functions that all ranks call together, with the arguments of the one that leads

   A function is listed once, in Functions; its number there is the order, and how its arguments
   travel follows from their types. Arrays have the length n of their object: const double * goes
   to the others; double * is for results, for which the others get room. */

#ifndef BGEN_ENGINE_CALLS_H
#define BGEN_ENGINE_CALLS_H

#include "engine/host.h"
#include "engine/orders.h"

#include <tuple>
#include <type_traits>

namespace bgen {

/* An argument of type T: put() by the leader, take() by the others. */
template <class T> struct Argument {
  static void put(Message &to, T value, size_t) { to.put(&value, 1); }
  static T take(Message &from, size_t) { return *from.take<T>(1); }
};

template <> struct Argument<const double *> {
  static void put(Message &to, const double *values, size_t n) { to.put(values, n); }
  static const double *take(Message &from, size_t n) { return from.take<double>(n); }
};

template <> struct Argument<double *> {
  static void put(Message &, double *, size_t) {}
  static double *take(Message &from, size_t n) { return from.room(n); }
};

template <> struct Argument<const std::string &> {
  static void put(Message &to, const std::string &text, size_t)
  {
    const size_t length = text.size();
    to.put(&length, 1);
    to.put(text.data(), length);
  }
  static std::string take(Message &from, size_t)
  {
    const size_t length = *from.take<size_t>(1);
    return std::string(from.take<char>(length), length);
  }
};

template <> struct Argument<const std::vector<Observable> &> {
  using Text = Argument<const std::string &>;
  static void put(Message &to, const std::vector<Observable> &all, size_t)
  {
    Argument<size_t>::put(to, all.size(), 0);
    for (const Observable &one : all) {
      Argument<Observable::Kind>::put(to, one.kind, 0);
      Text::put(to, one.name, 0);
      Text::put(to, one.id, 0);
      Argument<int>::put(to, one.index, 0);
    }
  }
  static std::vector<Observable> take(Message &from, size_t)
  {
    std::vector<Observable> all(Argument<size_t>::take(from, 0));
    for (Observable &one : all) // braces: from left to right
      one = {Argument<Observable::Kind>::take(from, 0), Text::take(from, 0), Text::take(from, 0),
             Argument<int>::take(from, 0)};
    return all;
  }
};

template <auto F> struct Call;
template <class Object, class Result, class... T, Result (Object::*F)(T...)> struct Call<F> {
  static void put(Message &to, size_t n, T... arguments)
  {
    (Argument<T>::put(to, arguments, n), ...);
    (void) to, (void) n; // of a function without arguments
  }
  static void obey(Object &object, size_t n, Message &from)
  {
    std::tuple taken{Argument<T>::take(from, n)...}; // braces: from left to right
    std::apply([&](const auto &...arguments) { (object.*F)(arguments...); }, taken);
    (void) n, (void) from;
  }
};

template <auto... F> struct Functions {
  template <auto G> static constexpr int number()
  {
    int number = 0;
    (void) ((std::is_same_v<Call<F>, Call<G>> || (number++, false)) || ...);
    return number;
  }
  template <class Object> static void obey(Object &object, size_t n, Message &message)
  {
    static constexpr void (*all[])(Object &, size_t, Message &) = {Call<F>::obey...};
    all[message.order.function](object, n, message);
  }
  static constexpr int n = sizeof...(F);
};

} // namespace bgen

#endif
