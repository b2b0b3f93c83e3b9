// SPDX-License-Identifier: GPL-2.0-or-later
// systems.cpp - what the tests of the plugin simulate

#include "fixture.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

// Positions that are the same for any number of ranks: lattice sites, found by ID, displaced by a
// wave.
static const char *const displaced = R"(
variable     dx atom 0.07*v_length*sin(id)
variable     dy atom 0.07*v_length*sin(2.3*id)
variable     dz atom 0.07*v_length*sin(3.1*id)
displace_atoms all move v_dx v_dy v_dz units box
velocity     all create ${T} 4711 loop all
)";

// Some of the boxes are cut into slices, so that particles may jump over ranks in between.
static std::string lennard_jones(const char *box)
{
  return std::string(
             "units lj\natom_style atomic\natom_modify map array\nvariable length index 1.0\n"
             "variable T index 0.8\n") +
         box + R"(
mass         * 1.0
pair_style   lj/cut 2.5
pair_coeff   * * 1.0 1.0
neighbor     0.3 bin
neigh_modify delay 0 every 1 check yes
timestep     0.004
group        moved id 1:40 57 90
)" + displaced;
}

static std::string melt()
{
  return lennard_jones(R"(
lattice      fcc 0.8442
region       box block 0 4 0 4 0 4
create_box   1 box
create_atoms 1 box
)");
}

static std::string triclinic()
{
  return lennard_jones(R"(
processors   * 1 1
lattice      fcc 0.8442
region       box prism 0 4 0 4 0 4 1.1 -0.7 0.6
create_box   1 box
create_atoms 1 box
)");
}

static std::string droplet()
{
  return lennard_jones(R"(
boundary     s s m
processors   1 * 1
lattice      fcc 0.9
region       box block -5 5 -5 5 -5 5
region       ball sphere 0 0 0 2.2
create_box   1 box
create_atoms 1 region ball
)");
}

static std::string walls()
{
  return lennard_jones(R"(
boundary     f f p
lattice      fcc 0.8442
region       box block -1 5 -1 5 0 4
region       inside block 0 3.9 0 3.9 0 4
create_box   1 box
create_atoms 1 region inside
)") + R"(
fix          wall_x all wall/lj93 xlo EDGE 1.0 1.0 2.5 xhi EDGE 1.0 1.0 2.5 units box
fix          wall_y all wall/harmonic ylo EDGE 3.0 1.0 2.5 yhi EDGE 3.0 1.0 2.5 units box
fix_modify   wall_x energy yes
fix_modify   wall_y energy yes
)";
}

// Argon in the units of LAMMPS; epsilon and sigma are 1.654e-21 J and 3.405e-10 m.
static std::string argon(const char *units, double epsilon, double sigma, double mass,
                         double timestep)
{
  char text[600];
  snprintf(text, sizeof text, R"(
units        %s
atom_style   atomic
atom_modify  map array
variable     T index 90.0
variable     length index %.17g
lattice      fcc $(1.6*v_length)
region       box block 0 4 0 4 0 4
create_box   1 box
create_atoms 1 box
mass         1 %.17g
pair_style   lj/cut $(2.5*v_length)
pair_coeff   1 1 %.17g ${length}
neighbor     $(0.3*v_length) bin
neigh_modify delay 0 every 1 check yes
timestep     %.17g
group        moved id 1:60
)",
           units, sigma, mass, epsilon, timestep);
  return text + std::string(displaced);
}

// Chains of four charged atoms with bonds, angles, dihedrals and impropers. From a file, in which
// alone IDs do not depend on the ranks.
static void write_chains(FILE *file)
{
  const int n = 3; // a side
  const double length = 7.0;
  fprintf(file,
          "chains\n\n%d atoms\n%d bonds\n%d angles\n%d dihedrals\n%d impropers\n2 atom types\n1 "
          "bond types\n"
          "1 angle types\n1 dihedral types\n1 improper types\n\n0 %g xlo xhi\n0 %g ylo yhi\n0 %g "
          "zlo zhi\n",
          4 * n * n * n, 3 * n * n * n, 2 * n * n * n, n * n * n, n * n * n, n * length, n * length,
          n * length);
  fprintf(file, "\nMasses\n\n1 12.0\n2 1.0\n\nAtoms # full\n\n");
  static const double site[4][3] = {{0, 0, 0}, {1.4, 0.1, 0.2}, {2.0, 1.4, 0.1}, {3.3, 1.6, 0.9}};
  for (int k = 0; k < 4 * n * n * n; k++) {
    const int m = k / 4, cell[3] = {m / (n * n), m / n % n, m % n};
    fprintf(file, "%d %d %d %g", k + 1, m + 1, k % 4 % 2 + 1, k % 2 ? -0.4 : 0.4);
    for (int d = 0; d < 3; d++)
      fprintf(file, " %.17g", length * cell[d] + site[k % 4][d] + 0.3 * sin(k + d));
    fprintf(file, "\n");
  }
  fprintf(file, "\nBonds\n\n");
  for (int m = 0, id = 1; m < n * n * n; m++)
    for (int k = 1; k < 4; k++) fprintf(file, "%d 1 %d %d\n", id++, 4 * m + k, 4 * m + k + 1);
  fprintf(file, "\nAngles\n\n");
  for (int m = 0, id = 1; m < n * n * n; m++)
    for (int k = 1; k < 3; k++)
      fprintf(file, "%d 1 %d %d %d\n", id++, 4 * m + k, 4 * m + k + 1, 4 * m + k + 2);
  for (const char *title : {"Dihedrals", "Impropers"}) {
    fprintf(file, "\n%s\n\n", title);
    for (int m = 0; m < n * n * n; m++)
      fprintf(file, "%d 1 %d %d %d %d\n", m + 1, 4 * m + 1, 4 * m + 2, 4 * m + 3, 4 * m + 4);
  }
}

std::string &scratch_file()
{
  static std::string path;
  return path;
}

static std::string chains()
{
  char path[] = "chains.XXXXXX";
  FILE *file = fdopen(mkstemp(path), "w");
  write_chains(file);
  fclose(file);
  scratch_file() = path;
  return R"(
units        real
atom_style   full
atom_modify  map array
variable     T index 300.0
pair_style   lj/cut/coul/long 6.0
pair_modify  table 0
bond_style   harmonic
angle_style  harmonic
dihedral_style harmonic
improper_style harmonic
special_bonds lj/coul 0.0 0.0 0.5
read_data    )" +
         scratch_file() + R"(
pair_coeff   1 1 0.1 3.0
pair_coeff   2 2 0.05 2.5
bond_coeff   1 150.0 1.45
angle_coeff  1 40.0 110.0
dihedral_coeff 1 1.3 1 3
improper_coeff 1 5.0 20.0
kspace_style pppm 1.0e-6
neighbor     2.0 bin
neigh_modify delay 0 every 1 check yes
timestep     0.5
group        moved id 1:22
velocity     all create ${T} 4711 loop all
)";
}

// Time steps of three lengths, with forces of each kept by LAMMPS.
static std::string levels()
{
  return chains() + "timestep 2.0\nrun_style respa 3 2 2 bond 1 angle 1 dihedral 1 improper 1 pair "
                    "2 kspace 3\n";
}

static std::string dimer()
{
  return "include " BGEN_POTENTIALS "/dimer.lmp\ngroup moved union all\nvariable T index 1.0\n"
         "fix flat all enforce2d\nminimize 0.0 1.0 1000 1000\nvelocity all create 1.0 4711 loop "
         "all\ntimestep 0.002\n";
}

static std::string double_well()
{
  return "include " BGEN_POTENTIALS
         "/double_well.lmp\ngroup moved union all\nvariable T index 1.0\n"
         "fix flat all enforce2d\nvelocity all set 0.6 -0.3 0.0\ntimestep 0.01\n";
}

const std::vector<System> &all_systems()
{
  static const std::vector<System> systems = {
      {"melt", 3, melt},
      {"triclinic", 3, triclinic},
      {"droplet", 3, droplet},
      {"walls", 3, walls},
      {"chains", 3, chains},
      {"levels", 3, levels},
      {"dimer", 2, dimer},
      {"double_well", 2, double_well},
      {"columns", 2, melt}, // in three dimensions, moved in two
      {"real", 3, [] { return argon("real", 0.23798, 3.405, 39.948, 2.0); }},
      {"metal", 3, [] { return argon("metal", 0.010323, 3.405, 39.948, 0.002); }},
      {"si", 3, [] { return argon("si", 1.654e-21, 3.405e-10, 6.6335e-26, 2.0e-15); }},
      {"cgs", 3, [] { return argon("cgs", 1.654e-14, 3.405e-8, 6.6335e-23, 2.0e-15); }},
      {"electron", 3, [] { return argon("electron", 3.7937e-4, 6.4345, 39.948, 2.0); }},
      {"micro", 3, [] { return argon("micro", 1.654e-6, 3.405e-4, 6.6335e-11, 2.0e-9); }},
      {"nano", 3, [] { return argon("nano", 1.654, 0.3405, 6.6335e-5, 2.0e-6); }},
  };
  return systems;
}
