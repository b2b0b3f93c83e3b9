/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mpi_types.h - the types and constants of mpi.h */

#ifndef BGEN_ENGINE_SERIAL_MPI_TYPES_H
#define BGEN_ENGINE_SERIAL_MPI_TYPES_H

#include <cstdint>

typedef int MPI_Comm, MPI_Group, MPI_Request, MPI_Op, MPI_Info;
typedef int MPI_Datatype; // the size of one, in bytes
struct MPI_Status;

enum : int {
  MPI_COMM_WORLD = 0,
  MPI_COMM_SELF = 0,
  MPI_REQUEST_NULL = -1,
  MPI_INFO_NULL = 0,
  MPI_COMM_TYPE_SHARED = 0,
  MPI_SUM = 1,
  MPI_MAX = 2,
  MPI_MIN = 3
};

enum : MPI_Datatype {
  MPI_BYTE = 1,
  MPI_CHAR = 1,
  MPI_INT = sizeof(int),
  MPI_UINT = sizeof(unsigned),
  MPI_FLOAT = sizeof(float),
  MPI_DOUBLE = sizeof(double),
  MPI_LONG = sizeof(long),
  MPI_LONG_LONG = sizeof(long long),
  MPI_INT64_T = sizeof(int64_t),
  MPI_UINT64_T = sizeof(uint64_t)
};

#define MPI_IN_PLACE nullptr
#define MPI_STATUS_IGNORE static_cast<MPI_Status *>(nullptr)
#define MPI_STATUSES_IGNORE static_cast<MPI_Status *>(nullptr)

#endif
