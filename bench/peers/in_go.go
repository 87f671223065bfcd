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
	"time"
)

// Asked as the others are: a line "JOB N" each on stdin, the figures of it in one line on stdout; seconds and bytes.
func main() {
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
		"sleepers":    sleepers,
	}
	fmt.Println("ready", strings.TrimPrefix(runtime.Version(), "go"))
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		name, count, _ := strings.Cut(lines.Text(), " ")
		n, err := strconv.Atoi(count)
		job, known := jobs[name]
		if err != nil || !known {
			fmt.Println("unknown")
			continue
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
	waiting := 0
	var children sync.WaitGroup
	children.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			defer children.Done()
			waiting++
			defer func() { waiting-- }()
			<-ctx.Done()
		}()
	}
	for waiting < n {
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
	begun := 0
	begin := func(count int) {
		target := begun + count
		for i := 0; i < count; i++ {
			go func() {
				begun++
				wait()
			}()
		}
		for begun < target {
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

// So many sleep until one moment, which lies so far ahead that all of them sleep by then.
func sleepers(n int) []float64 {
	before := resident()
	var bytes, started float64
	asleep := 0
	start := time.Now()
	due := start.Add(time.Second + time.Duration(n)*8*time.Microsecond)
	var children sync.WaitGroup
	children.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			defer children.Done()
			asleep++
			if asleep == n {
				started = time.Since(start).Seconds()
				bytes = resident() - before
			}
			time.Sleep(time.Until(due))
		}()
	}
	children.Wait()
	figures := []float64{bytes, started, time.Since(due).Seconds()}
	expect(asleep == n && started < due.Sub(start).Seconds(), "not all of them slept")
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
