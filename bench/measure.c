/* Runs a program and tells, on the last line of standard output, what it took:
     cpu=SECONDS wall=SECONDS peak=KILOBYTES status=NUMBER
   cpu is user and system time of the program and of all that it waited for. */
#define _DEFAULT_SOURCE /* wait4 */

#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(struct timeval time) {
  return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fputs("usage: measure PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  double started = now();
  pid_t child = fork();
  if (child == 0) {
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    _exit(127);
  }
  int status = 0;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) != child) {
    perror("measure");
    return 1;
  }
  printf("cpu=%.6f wall=%.6f peak=%ld status=%d\n",
         seconds_of(used.ru_utime) + seconds_of(used.ru_stime), now() - started, used.ru_maxrss,
         WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}
