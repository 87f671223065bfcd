"""How a peer is asked: a line "JOB N…" each on stdin, the figures of it in one line on stdout; seconds and bytes."""

import os
import sys
import time

now = time.perf_counter
HOUR = 3600


def serve(version, jobs):
    print('ready', version, flush=True)
    for line in sys.stdin:
        job, *numbers = line.split()
        if job in jobs:
            result = jobs[job](*map(int, numbers))
            print(*(result if isinstance(result, (list, tuple)) else [result]), flush=True)
        else:
            print('unknown', flush=True)


def last(*figures):
    """Answers and ends at once: to unwind 100,000 tasks may take a minute, and nobody asks for that."""
    print(*figures, flush=True)
    os._exit(0)


def missing(error):
    print('missing', error, flush=True)
    sys.exit()


def resident():
    with open('/proc/self/statm') as file:
        return int(file.read().split()[1]) * os.sysconf('SC_PAGESIZE')


def expect(value, wanted):
    if value != wanted:
        raise RuntimeError(f'{value} instead of {wanted}')


def spin(seconds):
    end = now() + seconds
    while now() < end:
        pass


class Turns:
    """Two players who give way to each other take turns, or there was nothing to measure."""

    def __init__(self):
        self.last = None
        self.repeats = 0

    def take(self, player):
        if player == self.last:
            self.repeats += 1
        self.last = player

    def check(self, most=2):
        if self.repeats > most:
            raise RuntimeError(f'{self.repeats} turns were taken twice in a row')


class Sleepers:
    """So many sleep until one moment, so many milliseconds ahead."""

    def __init__(self, n, lead):
        self.n = n
        self.asleep = 0
        self.before = resident()
        self.start = now()
        self.due = self.start + lead / 1e3
        self.started = self.bytes = self.ready = None

    def rest(self):
        """Called by each before it sleeps; gives for how long."""
        self.asleep += 1
        if self.asleep == self.n:
            self.started = now() - self.start
            self.bytes = resident() - self.before
            self.ready = now() - self.start
        return max(0, self.due - now())

    def answer(self):
        woken = now() - self.due
        expect(self.asleep, self.n)
        last(self.bytes, self.started, self.ready, woken)
