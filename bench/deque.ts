import { bounded, pop, push, queue, shift, unshift } from './deque/ends.js'
import { main } from './harness/main.js'

await main('deque', [push, pop, unshift, shift, queue, bounded], 15)
