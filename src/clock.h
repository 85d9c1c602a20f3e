/* Clocks, in seconds. */
#ifndef AZION_CLOCK_H
#define AZION_CLOCK_H

/* Seconds of a clock that never jumps; its zero means nothing. */
double azion_monotonic(void);

/* Seconds since 1970-01-01T00:00:00Z by the machine's clock. */
double azion_wall_clock(void);

#endif
