/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mpi.h - the MPI of one process, for a LAMMPS that was built without MPI (LAMMPS_MPI=serial)

   Such a LAMMPS has stubs, whose header is not installed and which lack what bgen uses. So a serial
   bgen calls none of them: here is what its own files call, for a communicator with one rank. The
   types must be those of LAMMPS' stubs, since classes of LAMMPS have them: all are int. */

#ifndef BGEN_ENGINE_SERIAL_MPI_H
#define BGEN_ENGINE_SERIAL_MPI_H

#include "mpi_types.h"

#include <chrono>
#include <cstdlib>
#include <cstring>

/* ---- the program ---- */

inline int MPI_Init(int *, char ***)
{
  return 0;
}

inline int MPI_Finalize()
{
  return 0;
}

[[noreturn]] inline int MPI_Abort(MPI_Comm, int status)
{
  exit(status);
}

inline double MPI_Wtime()
{
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

/* ---- one rank, in one group ---- */

inline int MPI_Comm_rank(MPI_Comm, int *rank)
{
  return *rank = 0;
}

inline int MPI_Comm_size(MPI_Comm, int *n)
{
  return *n = 1, 0;
}

inline int MPI_Comm_group(MPI_Comm, MPI_Group *group)
{
  return *group = 0;
}

inline int MPI_Group_incl(MPI_Group, int, const int *, MPI_Group *group)
{
  return *group = 0;
}

inline int MPI_Group_free(MPI_Group *)
{
  return 0;
}

inline int MPI_Comm_create_group(MPI_Comm, MPI_Group, int, MPI_Comm *comm)
{
  return *comm = 0;
}

inline int MPI_Comm_split_type(MPI_Comm, int, int, MPI_Info, MPI_Comm *comm)
{
  return *comm = 0;
}

inline int MPI_Comm_free(MPI_Comm *)
{
  return 0;
}

/* ---- what a rank has, it has from all ---- */

inline void bgen_mpi_copy(const void *from, size_t n, void *to)
{
  if (from != MPI_IN_PLACE && n > 0) memcpy(to, from, n);
}

inline int MPI_Barrier(MPI_Comm)
{
  return 0;
}

inline int MPI_Bcast(void *, int, MPI_Datatype, int, MPI_Comm)
{
  return 0;
}

inline int MPI_Allreduce(const void *from, void *to, int n, MPI_Datatype size, MPI_Op, MPI_Comm)
{
  return bgen_mpi_copy(from, static_cast<size_t>(n) * size, to), 0;
}

inline int MPI_Allgather(const void *from, int n, MPI_Datatype size, void *to, int, MPI_Datatype,
                         MPI_Comm)
{
  return bgen_mpi_copy(from, static_cast<size_t>(n) * size, to), 0;
}

inline int MPI_Allgatherv(const void *from, int n, MPI_Datatype size, void *to, const int *,
                          const int *begin, MPI_Datatype, MPI_Comm)
{
  return bgen_mpi_copy(from, static_cast<size_t>(n) * size,
                       static_cast<char *>(to) + *begin * size),
         0;
}

inline int MPI_Alltoallv(const void *from, const int *n, const int *at, MPI_Datatype size, void *to,
                         const int *, const int *begin, MPI_Datatype, MPI_Comm)
{
  return bgen_mpi_copy(static_cast<const char *>(from) + *at * size, static_cast<size_t>(*n) * size,
                       static_cast<char *>(to) + *begin * size),
         0;
}

/* ---- there is no other rank: nothing is ever under way ---- */

inline int MPI_Isend(const void *, int, MPI_Datatype, int, int, MPI_Comm, MPI_Request *)
{
  return 0;
}

inline int MPI_Irecv(void *, int, MPI_Datatype, int, int, MPI_Comm, MPI_Request *)
{
  return 0;
}

inline int MPI_Request_get_status(MPI_Request, int *done, MPI_Status *)
{
  return *done = 1, 0;
}

inline int MPI_Testall(int, MPI_Request *, int *done, MPI_Status *)
{
  return *done = 1, 0;
}

inline int MPI_Waitall(int, MPI_Request *, MPI_Status *)
{
  return 0;
}

#endif
