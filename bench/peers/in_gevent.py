from protocol import HOUR, Sleepers, Turns, expect, last, missing, now, resident, serve, spin

try:
    import gevent
    from gevent.event import Event
    from gevent.lock import BoundedSemaphore
    from gevent.queue import Queue
except ImportError as error:
    missing(error)


def child():
    return 1


def play(turns, player, n):
    for _ in range(n):
        turns.take(player)
        gevent.sleep(0)


def switch(n):
    turns = Turns()
    start = now()
    gevent.joinall([gevent.spawn(play, turns, player, n // 2) for player in (0, 1)], raise_error=True)
    seconds = now() - start
    turns.check()
    return seconds


def spawn_join(n):
    total = 0
    start = now()
    for _ in range(n):
        total += gevent.spawn(child).get()
    seconds = now() - start
    expect(total, n)
    return seconds


def mass_spawn(n):
    start = now()
    tasks = [gevent.spawn(child) for _ in range(n)]
    gevent.joinall(tasks)
    total = sum(task.value for task in tasks)
    seconds = now() - start
    expect(total, n)
    return seconds


def all_of_1000(n):
    start = now()
    for _ in range(n // 1000):
        mass_spawn(1000)
    return now() - start


def channel(n):
    queue = Queue(64)

    def produce():
        for i in range(n):
            queue.put(i)

    start = now()
    producer = gevent.spawn(produce)
    total = 0
    for _ in range(n):
        total += queue.get()
    producer.get()
    seconds = now() - start
    expect(total, n * (n - 1) // 2)
    return seconds


def hand_over(turns, lock, player, n):
    for _ in range(n):
        lock.acquire()
        turns.take(player)
        # Its locks are not handed over: whoever releases one and goes on has it again.
        lock.release()
        gevent.sleep(0)


def mutex(n):
    turns = Turns()
    lock = BoundedSemaphore(1)
    lock.acquire()
    tasks = [gevent.spawn(hand_over, turns, lock, player, n // 2) for player in (0, 1)]
    gevent.sleep(0)
    start = now()
    lock.release()
    gevent.joinall(tasks, raise_error=True)
    seconds = now() - start
    turns.check()
    return seconds


def timeout(n):
    start = now()
    for _ in range(n):
        with gevent.Timeout(1):
            gevent.sleep(0)
    return now() - start


def cancel(n):
    waiting = 0

    def wait():
        nonlocal waiting
        waiting += 1
        try:
            Event().wait()
        finally:
            waiting -= 1

    tasks = [gevent.spawn(wait) for _ in range(n)]
    while waiting < n:
        gevent.sleep(0.01)
    start = now()
    gevent.killall(tasks)
    seconds = now() - start
    expect(waiting, 0)
    return seconds


def timer(n):
    """How late each of n timers of 5 ms is, while 50 tasks compute 20 µs at a time and give way."""
    late = []
    for _ in range(n):
        fired = False

        def work():
            until = now() + 0.1
            while not fired and now() < until:
                spin(20e-6)
                gevent.sleep(0)

        tasks = [gevent.spawn(work) for _ in range(50)]
        start = now()
        gevent.sleep(0.005)
        late.append(now() - start - 0.005)
        fired = True
        gevent.joinall(tasks, raise_error=True)
    return late


def memory(n, wait):
    begun = 0

    def one():
        nonlocal begun
        begun += 1
        wait()

    def begin(count):
        target = begun + count
        held.extend([gevent.spawn(one) for _ in range(count)])
        while begun < target:
            gevent.sleep(0.01)

    held = []
    begin(100)
    before = resident()
    begin(n)
    last(resident() - before)


def bytes_of_wait(n):
    return memory(n, lambda: Event().wait())


def bytes_of_timer(n):
    return memory(n, lambda: gevent.sleep(HOUR))


def sleepers(n, lead):
    group = Sleepers(n, lead)

    def one():
        gevent.sleep(group.rest())

    gevent.joinall([gevent.spawn(one) for _ in range(n)])
    group.answer()


serve(
    gevent.__version__,
    {
        'switch': switch,
        'spawn-join': spawn_join,
        'mass-spawn': mass_spawn,
        'all': all_of_1000,
        'channel': channel,
        'mutex': mutex,
        'timeout': timeout,
        'cancel': cancel,
        'timer': timer,
        'bytes': bytes_of_wait,
        'bytes-timer': bytes_of_timer,
        'sleepers': sleepers,
    },
)
