package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Asked as the others are: a line "JOB N…" each on stdin, the figures of it in one line on stdout; seconds and bytes.
func main() {
	var lead time.Duration
	jobs := map[string]func(int) []float64{
		"switch":      switching,
		"spawn-join":  spawnJoin,
		"mass-spawn":  massSpawn,
		"all":         allOf1000,
		"channel":     channel,
		"mutex":       mutex,
		"select":      selectOf4,
		"timeout":     timeout,
		"cancel":      cancel,
		"timer":       timer,
		"bytes":       bytesOfWait,
		"bytes-timer": bytesOfTimer,
		"sleepers":    func(n int) []float64 { return sleepers(n, lead) },
	}
	fmt.Println("ready", strings.TrimPrefix(runtime.Version(), "go"))
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		words := strings.Fields(lines.Text())
		job, known := jobs[words[0]]
		if !known {
			fmt.Println("unknown")
			continue
		}
		n, _ := strconv.Atoi(words[1])
		if len(words) > 2 {
			ms, _ := strconv.Atoi(words[2])
			lead = time.Duration(ms) * time.Millisecond
		}
		figures := job(n)
		fmt.Println(strings.Trim(fmt.Sprint(figures), "[]"))
	}
}

func since(start time.Time) []float64 { return []float64{time.Since(start).Seconds()} }

func expect(is bool, what string) {
	if !is {
		panic(what)
	}
}

type turns struct{ last, repeats, taken int }

func (t *turns) take(player int) {
	t.taken++
	if player == t.last {
		t.repeats++
	}
	t.last = player
}

func (t *turns) check(most int) { expect(t.repeats <= most, "turns were taken twice in a row") }

func switching(n int) []float64 {
	t := &turns{last: -1}
	var players sync.WaitGroup
	start := time.Now()
	for player := 0; player < 2; player++ {
		player := player
		players.Add(1)
		go func() {
			defer players.Done()
			for i := 0; i < n/2; i++ {
				t.take(player)
				runtime.Gosched()
			}
		}()
	}
	players.Wait()
	figures := since(start)
	// Every 61st time the scheduler looks first at where whoever has just given way was put.
	t.check(n / 10)
	return figures
}

// What a goroutine gives comes through a channel.
func child(result chan<- int) { result <- 1 }

func spawnJoin(n int) []float64 {
	sum := 0
	start := time.Now()
	for i := 0; i < n; i++ {
		result := make(chan int, 1)
		go child(result)
		sum += <-result
	}
	figures := since(start)
	expect(sum == n, "not every child gave its value")
	return figures
}

func massSpawn(n int) []float64 {
	sum := 0
	start := time.Now()
	results := make([]chan int, n)
	for i := range results {
		results[i] = make(chan int, 1)
		go child(results[i])
	}
	for _, result := range results {
		sum += <-result
	}
	figures := since(start)
	expect(sum == n, "not every child gave its value")
	return figures
}

func allOf1000(n int) []float64 {
	start := time.Now()
	for i := 0; i < n/1000; i++ {
		values := make([]int, 1000)
		var children sync.WaitGroup
		children.Add(len(values))
		for i := range values {
			i := i
			go func() {
				values[i] = 1
				children.Done()
			}()
		}
		children.Wait()
		sum := 0
		for _, value := range values {
			sum += value
		}
		expect(sum == 1000, "not every child gave its value")
	}
	return since(start)
}

func channel(n int) []float64 {
	items := make(chan int, 64)
	sum := 0
	start := time.Now()
	go func() {
		for i := 0; i < n; i++ {
			items <- i
		}
	}()
	for i := 0; i < n; i++ {
		sum += <-items
	}
	figures := since(start)
	expect(sum == n*(n-1)/2, "items were lost")
	return figures
}

// A permit that is passed on: sync.Mutex does not hand over, whoever goes on after Unlock has it again.
func mutex(n int) []float64 {
	t := &turns{last: -1}
	permit := make(chan struct{})
	var players sync.WaitGroup
	for player := 0; player < 2; player++ {
		player := player
		players.Add(1)
		go func() {
			defer players.Done()
			for i := 0; i < n/2; i++ {
				<-permit
				t.take(player)
				if t.taken < n {
					permit <- struct{}{}
				}
			}
		}()
	}
	time.Sleep(10 * time.Millisecond)
	start := time.Now()
	permit <- struct{}{}
	players.Wait()
	figures := since(start)
	t.check(0)
	return figures
}

func selectOf4(n int) []float64 {
	var items [4]chan int
	for i := range items {
		items[i] = make(chan int)
	}
	sum := 0
	start := time.Now()
	go func() {
		for i := 0; i < n; i++ {
			items[i%4] <- i
		}
	}()
	for i := 0; i < n; i++ {
		select {
		case item := <-items[0]:
			sum += item
		case item := <-items[1]:
			sum += item
		case item := <-items[2]:
			sum += item
		case item := <-items[3]:
			sum += item
		}
	}
	figures := since(start)
	expect(sum == n*(n-1)/2, "items were lost")
	return figures
}

func timeout(n int) []float64 {
	start := time.Now()
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		runtime.Gosched()
		expect(ctx.Err() == nil, "a second has passed")
		cancel()
	}
	return since(start)
}

func cancel(n int) []float64 {
	ctx, cancel := context.WithCancel(context.Background())
	var waiting int64
	var children sync.WaitGroup
	children.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			defer children.Done()
			atomic.AddInt64(&waiting, 1)
			defer atomic.AddInt64(&waiting, -1)
			<-ctx.Done()
		}()
	}
	for atomic.LoadInt64(&waiting) < int64(n) {
		time.Sleep(10 * time.Millisecond)
	}
	start := time.Now()
	cancel()
	children.Wait()
	figures := since(start)
	expect(waiting == 0, "not every child has ended")
	return figures
}

// How late each of n timers of 5 ms is, while 50 goroutines compute 20 µs at a time and give way.
func timer(n int) []float64 {
	const due = 5 * time.Millisecond
	late := make([]float64, n)
	for i := range late {
		fired := false
		var busy sync.WaitGroup
		busy.Add(50)
		until := time.Now().Add(100 * time.Millisecond)
		for j := 0; j < 50; j++ {
			go func() {
				defer busy.Done()
				for !fired && time.Now().Before(until) {
					for end := time.Now().Add(20 * time.Microsecond); time.Now().Before(end); {
					}
					runtime.Gosched()
				}
			}()
		}
		start := time.Now()
		time.Sleep(due)
		late[i] = (time.Since(start) - due).Seconds()
		fired = true
		busy.Wait()
	}
	return late
}

func memory(n int, wait func()) []float64 {
	var begun int64
	begin := func(count int) {
		target := begun + int64(count)
		for i := 0; i < count; i++ {
			go func() {
				atomic.AddInt64(&begun, 1)
				wait()
			}()
		}
		for atomic.LoadInt64(&begun) < target {
			time.Sleep(10 * time.Millisecond)
		}
	}
	begin(100)
	before := resident()
	begin(n)
	return []float64{resident() - before}
}

func bytesOfWait(n int) []float64 {
	never := make(chan struct{})
	return memory(n, func() { <-never })
}

func bytesOfTimer(n int) []float64 { return memory(n, func() { time.Sleep(time.Hour) }) }

// So many sleep until one moment, which lies so far ahead.
func sleepers(n int, lead time.Duration) []float64 {
	before := resident()
	var bytes, started, ready float64
	var asleep int64
	start := time.Now()
	due := start.Add(lead)
	var children sync.WaitGroup
	children.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			defer children.Done()
			if atomic.AddInt64(&asleep, 1) == int64(n) {
				started = time.Since(start).Seconds()
				bytes = resident() - before
				ready = time.Since(start).Seconds()
			}
			time.Sleep(time.Until(due))
		}()
	}
	children.Wait()
	figures := []float64{bytes, started, ready, time.Since(due).Seconds()}
	expect(asleep == int64(n), "not all of them slept")
	return figures
}

func resident() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		panic(err)
	}
	pages, _ := strconv.Atoi(strings.Fields(string(text))[1])
	return float64(pages * os.Getpagesize())
}
