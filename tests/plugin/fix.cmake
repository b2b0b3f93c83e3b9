# SPDX-License-Identifier: GPL-2.0-or-later
# fix bgen and the command bgen in a whole LAMMPS, through the launcher: the classes of each program
set(test_fix_bgen Mistakes Models Variables Chains Restarts RestartsOfPaths Refusals Statistics Temperatures Annealing Exploration)
set(test_other_fixes OtherFixes)
set(test_fix_bgen_observables Observables Columns Latent)
set(test_fix_bgen_moves MistakesOfMoves Driven Annealed Offsets Border)
set(test_images Bonds Pairs)
set(test_cvs CvsOfSets CvsOfLammps OrderOfLammps)
set(test_fix_bgen_coords FreeMolecule FreeCrystal)
set(test_fix_bgen_molecules Butane Dipeptide Mixed Tetrapeptide)
set(test_fix_bgen_clusters FreeCluster FreeChirality Isomers)
set(test_fix_bgen_atoms OtherAtoms Followers HeldAtoms Bystanders Levels)
set(test_constraints Rods JointedDistribution)
set(test_fix_bgen_lines LinesWithVariables LinesOfMuchMemory)
set(test_fix_bgen_dumps Coordinates Boxes Subsets Numbers Sets)
set(test_fix_bgen_free_energy FreeEnergyMistakes FreeEnergyResults FreeEnergyTemperatures FreeEnergyOfOthers FreeEnergyOfIdentical
  FreeEnergyOfTraps FreeEnergyOfWorks)
set(test_files Files DamagedRestarts)
set(test_pool OneModel Turns Exchanges Errors)
set(quick_cases Models Chains Restarts OtherFixes Columns Bonds FreeCrystal Dipeptide)
if(TARGET lmp_bgen)
  foreach(program test_files test_pool test_fix_bgen test_other_fixes test_fix_bgen_lines test_fix_bgen_moves test_fix_bgen_atoms test_constraints test_fix_bgen_dumps
      test_fix_bgen_observables test_fix_bgen_free_energy test_images test_cvs test_fix_bgen_coords test_fix_bgen_molecules test_fix_bgen_clusters)
    foreach(case ${${program}})
      if(BGEN_QUICK_TESTS AND NOT case IN_LIST quick_cases)
        continue()
      endif()
      add_test(NAME fix.${case}.${lammps_name}
        COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/${program}.py ${case})
      set_tests_properties(fix.${case}.${lammps_name} PROPERTIES LABELS "plugin;LAMMPS-${lammps_name}" PROCESSORS 2 TIMEOUT 400
        ENVIRONMENT "${lammps_environment};LMP_BGEN=$<TARGET_FILE:lmp_bgen>;MPIEXEC=${LAMMPS_MPIEXEC};\
POTENTIALS=${CMAKE_SOURCE_DIR}/potentials")
    endforeach()
  endforeach()
endif()
