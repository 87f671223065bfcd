"""in_asyncio.py asyncio|uvloop"""

import asyncio
import platform
import sys

from protocol import HOUR, Sleepers, Turns, expect, last, missing, now, resident, serve, spin

version, loop_factory = platform.python_version(), None
if sys.argv[1] == 'uvloop':
    try:
        import uvloop
    except ImportError as error:
        missing(error)
    version, loop_factory = uvloop.__version__, uvloop.new_event_loop


async def child():
    return 1


async def play(turns, player, n):
    for _ in range(n):
        turns.take(player)
        await asyncio.sleep(0)


async def switch(n):
    turns = Turns()
    start = now()
    await asyncio.gather(play(turns, 0, n // 2), play(turns, 1, n // 2))
    seconds = now() - start
    turns.check()
    return seconds


async def spawn_join(n):
    total = 0
    start = now()
    for _ in range(n):
        total += await asyncio.create_task(child())
    seconds = now() - start
    expect(total, n)
    return seconds


async def mass_spawn(n):
    total = 0
    start = now()
    tasks = [asyncio.create_task(child()) for _ in range(n)]
    for task in tasks:
        total += await task
    seconds = now() - start
    expect(total, n)
    return seconds


async def all_of_1000(n):
    start = now()
    for _ in range(n // 1000):
        values = await asyncio.gather(*[child() for _ in range(1000)])
        expect(sum(values), 1000)
    return now() - start


async def channel(n):
    queue = asyncio.Queue(64)

    async def produce():
        for i in range(n):
            await queue.put(i)

    start = now()
    producer = asyncio.create_task(produce())
    total = 0
    for _ in range(n):
        total += await queue.get()
    await producer
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
    lock = asyncio.Lock()
    await lock.acquire()
    tasks = [asyncio.create_task(hand_over(turns, lock, player, n // 2)) for player in (0, 1)]
    await asyncio.sleep(0)
    start = now()
    lock.release()
    for task in tasks:
        await task
    seconds = now() - start
    turns.check()
    return seconds


async def timeout(n):
    start = now()
    for _ in range(n):
        async with asyncio.timeout(1):
            await asyncio.sleep(0)
    return now() - start


async def cancel(n):
    waiting = 0
    loop = asyncio.get_running_loop()

    async def wait():
        nonlocal waiting
        waiting += 1
        try:
            await loop.create_future()
        finally:
            waiting -= 1

    async def parent():
        async with asyncio.TaskGroup() as group:
            for _ in range(n):
                group.create_task(wait())

    task = asyncio.create_task(parent())
    while waiting < n:
        await asyncio.sleep(0.01)
    start = now()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
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
                await asyncio.sleep(0)

        tasks = [asyncio.create_task(work()) for _ in range(50)]
        start = now()
        await asyncio.sleep(0.005)
        late.append(now() - start - 0.005)
        fired = True
        await asyncio.gather(*tasks)
    return late


async def memory(n, wait):
    begun = 0

    async def one():
        nonlocal begun
        begun += 1
        await wait()

    async def begin(count):
        tasks = [asyncio.create_task(one()) for _ in range(count)]
        while begun < len(held) + count:
            await asyncio.sleep(0.01)
        held.extend(tasks)

    held = []
    await begin(100)
    before = resident()
    await begin(n)
    last(resident() - before)


def bytes_of_wait(n):
    return memory(n, lambda: asyncio.get_running_loop().create_future())


def bytes_of_timer(n):
    return memory(n, lambda: asyncio.sleep(HOUR))


async def sleepers(n, lead):
    group = Sleepers(n, lead)

    async def one():
        await asyncio.sleep(group.rest())

    tasks = [asyncio.create_task(one()) for _ in range(n)]
    for task in tasks:
        await task
    group.answer()


def job(main):
    def run(*numbers):
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(main(*numbers))

    return run


serve(
    version,
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
