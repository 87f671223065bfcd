import { realpathSync } from 'node:fs'
import type { Helper } from './helper.js'

/** The system's own, as with Perl. Elsewhere than on Linux it may be a stub that offers to install something. */
const PYTHON = '/usr/bin/python3'
/** The first 3.x that can spawn without a copy of itself. */
const FIRST_MINOR = 8

// It says the same as the Perl script, and more cheaply: `posix_spawn` copies nothing at all. A command cannot say itself
// who it is here; but all are of this process's session, by which they are found when it was killed.
const SCRIPT = String.raw`
# omakase: starts the commands
import os, select, signal, struct, time

# For what says itself who it is.
os.close(3)
# What this interpreter makes of its environment is none of the commands' business.
with open('/proc/self/environ', 'rb') as file:
    env = dict(pair.split(b'=', 1) for pair in file.read().split(b'\0') if b'=' in pair)
source, told = os.dup(0), os.dup(1)
null = os.open('/dev/null', os.O_RDWR)
os.dup2(null, 0)
os.dup2(null, 1)
woken, wake = os.pipe()
os.set_blocking(woken, False)
os.set_blocking(wake, False)
signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
signal.signal(signal.SIGCHLD, lambda *_: None)
ignored = [signal.SIGPIPE, signal.SIGXFSZ]
poll = select.epoll()
poll.register(source, select.EPOLLIN)
poll.register(woken, select.EPOLLIN)

pids, ids, pipes, left, reports = {}, {}, {}, {}, []
cpu = 0.0


def report(kind, id, number, rest=b''):
    reports.append(struct.pack('>BIII', kind, id, number, len(rest)) + rest)


def deliver():
    rest = b''.join(reports)
    reports.clear()
    while rest:
        rest = rest[os.write(told, rest):]


def run(id, words):
    opened = []
    try:
        opened += os.pipe()
        opened += os.pipe()
        out, stdout, err, stderr = opened
        actions = [(os.POSIX_SPAWN_DUP2, stdout, 1), (os.POSIX_SPAWN_DUP2, stderr, 2)]
        pid = os.posix_spawnp(words[0], words, env, file_actions=actions, setpgroup=0, setsigdef=ignored)
    except OSError as problem:
        for fd in opened:
            os.close(fd)
        return report(5, id, problem.errno)
    os.close(stdout)
    os.close(stderr)
    pids[id] = pid
    ids[pid] = id
    left[id] = 2
    for kind, fd in ((1, out), (2, err)):
        pipes[fd] = kind, id
        poll.register(fd, select.EPOLLIN)


def read(fd):
    kind, id = pipes[fd]
    chunk = os.read(fd, 65536)
    if chunk:
        report(kind, id, 0, chunk)
    else:
        unwatch(fd)


def unwatch(fd):
    _, id = pipes.pop(fd)
    os.close(fd)
    left[id] -= 1
    if id not in pids:
        tell_closed(id)


def tell_closed(id):
    if left[id] == 0:
        del left[id]
        report(4, id, 0)


def hear(kind, id, rest):
    if kind == b'r':
        run(id, rest.split(b'\0'))
    elif kind == b's':
        if id in pids:
            signal_group(pids[id], getattr(signal, 'SIG' + rest.decode()))
    else:
        for fd in [fd for fd, (_, of) in pipes.items() if of == id]:
            unwatch(fd)


def signal_group(pid, number):
    try:
        os.killpg(pid, number)
    except OSError:
        pass


def reap():
    global cpu
    while ids:
        pid, status, usage = os.wait4(-1, os.WNOHANG)
        if pid == 0:
            return
        id = ids.pop(pid)
        del pids[id]
        signal_group(pid, signal.SIGKILL)
        cpu += usage.ru_utime + usage.ru_stime
        report(3, id, status, struct.pack('>I', int(cpu * 1000)))
        tell_closed(id)


got = b''
is_over = False
while not is_over:
    try:
        deliver()
    except OSError:
        break
    ready = [fd for fd, _ in poll.poll()]
    for fd in ready:
        if fd in pipes:
            read(fd)
    if woken in ready:
        os.read(woken, 4096)
        reap()
    # Last, for a new pipe may have the number of an old one.
    if source in ready:
        chunk = os.read(source, 65536)
        is_over = not chunk
        got += chunk
        while len(got) >= 4 and len(got) >= (end := 4 + int.from_bytes(got[:4], 'big')):
            hear(got[4:5], int.from_bytes(got[5:9], 'big'), got[9:end])
            got = got[end:]

# Nobody wants any of it any more: who asked for it is gone.
for pid in ids:
    signal_group(pid, signal.SIGTERM)
end = time.monotonic() + 3
while ids and time.monotonic() < end:
    time.sleep(0.05)
    reap()
for pid in ids:
    signal_group(pid, signal.SIGKILL)
`

export const python: Helper = {
  isHere() {
    if (process.platform !== 'linux') return false
    try {
      const minor = /python3\.(\d+)$/.exec(realpathSync(PYTHON))?.[1]
      return Number(minor) >= FIRST_MINOR
    } catch {
      return false
    }
  },
  // Of the user's settings and modules it takes none.
  start: env => ({ program: PYTHON, args: ['-I', '-S', '-c', SCRIPT], env }),
}
