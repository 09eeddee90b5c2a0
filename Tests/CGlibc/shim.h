#ifndef CGLIBC_SHIM_H
#define CGLIBC_SHIM_H

// glibc declares these for _GNU_SOURCE only, which Swift's Glibc module is not built with.
#include <spawn.h>

int pipe2(int ends[2], int flags);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

enum { posix_spawn_setsid = 0x80 };

#endif
