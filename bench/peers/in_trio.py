from protocol import HOUR, Sleepers, Turns, expect, last, missing, now, resident, serve, spin

try:
    import trio
    from trio.lowlevel import checkpoint
except ImportError as error:
    missing(error)


async def child(values):
    values.append(1)


async def play(turns, player, n):
    for _ in range(n):
        turns.take(player)
        await checkpoint()


async def switch(n):
    turns = Turns()
    start = now()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(play, turns, 0, n // 2)
        nursery.start_soon(play, turns, 1, n // 2)
    seconds = now() - start
    # Of those who can run, trio runs one or the other first, by chance.
    turns.check(n * 3 // 5)
    return seconds


async def spawn_join(n):
    values = []
    start = now()
    for _ in range(n):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(child, values)
    seconds = now() - start
    expect(len(values), n)
    return seconds


async def mass_spawn(n):
    values = []
    start = now()
    async with trio.open_nursery() as nursery:
        for _ in range(n):
            nursery.start_soon(child, values)
    seconds = now() - start
    expect(len(values), n)
    return seconds


async def all_of_1000(n):
    start = now()
    for _ in range(n // 1000):
        await mass_spawn(1000)
    return now() - start


async def channel(n):
    sender, receiver = trio.open_memory_channel(64)

    async def produce():
        async with sender:
            for i in range(n):
                await sender.send(i)

    total = 0
    start = now()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(produce)
        for _ in range(n):
            total += await receiver.receive()
    seconds = now() - start
    expect(total, n * (n - 1) // 2)
    return seconds


async def hand_over(turns, lock, player, n):
    for _ in range(n):
        await lock.acquire()
        turns.take(player)
        lock.release()


async def mutex(n):
    turns = Turns()
    lock = trio.Lock()
    await lock.acquire()
    async with trio.open_nursery() as nursery:
        for player in (0, 1):
            nursery.start_soon(hand_over, turns, lock, player, n // 2)
        await trio.sleep(0.01)
        start = now()
        lock.release()
    seconds = now() - start
    turns.check()
    return seconds


async def timeout(n):
    start = now()
    for _ in range(n):
        with trio.fail_after(1):
            await checkpoint()
    return now() - start


async def cancel(n):
    waiting = 0

    async def wait():
        nonlocal waiting
        waiting += 1
        try:
            await trio.sleep_forever()
        finally:
            waiting -= 1

    async with trio.open_nursery() as nursery:
        for _ in range(n):
            nursery.start_soon(wait)
        while waiting < n:
            await trio.sleep(0.01)
        start = now()
        nursery.cancel_scope.cancel()
    seconds = now() - start
    expect(waiting, 0)
    return seconds


async def timer(n):
    """How late each of n timers of 5 ms is, while 50 tasks compute 20 µs at a time and give way."""
    late = []
    for _ in range(n):
        fired = False

        async def work():
            until = now() + 0.1
            while not fired and now() < until:
                spin(20e-6)
                await checkpoint()

        async with trio.open_nursery() as nursery:
            for _ in range(50):
                nursery.start_soon(work)
            start = now()
            await trio.sleep(0.005)
            late.append(now() - start - 0.005)
            fired = True
    return late


async def memory(n, wait):
    begun = 0

    async def one():
        nonlocal begun
        begun += 1
        await wait()

    async with trio.open_nursery() as nursery:

        async def begin(count):
            for _ in range(count):
                nursery.start_soon(one)
            target = begun + count
            while begun < target:
                await trio.sleep(0.01)

        await begin(100)
        before = resident()
        await begin(n)
        last(resident() - before)


def bytes_of_wait(n):
    return memory(n, trio.sleep_forever)


def bytes_of_timer(n):
    return memory(n, lambda: trio.sleep(HOUR))


async def sleepers(n, lead):
    group = Sleepers(n, lead)

    async def one():
        await trio.sleep(group.rest())

    async with trio.open_nursery() as nursery:
        for _ in range(n):
            nursery.start_soon(one)
    group.answer()


def job(main):
    return lambda *numbers: trio.run(main, *numbers)


serve(
    trio.__version__,
    {
        'switch': job(switch),
        'spawn-join': job(spawn_join),
        'mass-spawn': job(mass_spawn),
        'all': job(all_of_1000),
        'channel': job(channel),
        'mutex': job(mutex),
        'timeout': job(timeout),
        'cancel': job(cancel),
        'timer': job(timer),
        'bytes': job(bytes_of_wait),
        'bytes-timer': job(bytes_of_timer),
        'sleepers': job(sleepers),
    },
)
