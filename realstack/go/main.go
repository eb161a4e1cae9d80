// Judges SPIFFE documents with go-spiffe, to compare Muster with.
//
// Each line of input is a request of `muster verify --jsonl`. `judge` answers one JSON line a line, in order;
// `bench SECONDS` judges all of them again and again on one processor, kind by kind, and prints how many it managed.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/spiffe/go-spiffe/v2/bundle/spiffebundle"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/jwtsvid"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"

	"crypto/x509"
	"encoding/pem"
)

type request struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"`
	Input    []byte            `json:"input_b64"`
	Key      []byte            `json:"key_b64"`
	Bundles  map[string][]byte `json:"bundles"`
	Audience string            `json:"audience"`
	At       time.Time         `json:"evaluation_time"`
}

type answer struct {
	ID      string `json:"id"`
	Verdict string `json:"verdict"`
	Reason  string `json:"reason,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) < 2 {
		return errors.New("usage: go-spiffe judge | bench SECONDS, with requests on standard input")
	}
	requests, err := read()
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	switch {
	case os.Args[1] == "judge" && len(os.Args) == 2:
		for _, r := range requests {
			if err := out.Encode(answerTo(r)); err != nil {
				return err
			}
		}
		return nil
	case os.Args[1] == "bench" && len(os.Args) == 3:
		seconds, err := strconv.ParseFloat(os.Args[2], 64)
		if err != nil {
			return err
		}
		return bench(requests, time.Duration(seconds*float64(time.Second)), out)
	}
	return fmt.Errorf("there is no %q", os.Args[1])
}

func read() ([]request, error) {
	var requests []request
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 32<<20)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, err
		}
		requests = append(requests, r)
	}
	return requests, lines.Err()
}

func answerTo(r request) answer {
	bundles, err := bundlesOf(r)
	if err == nil {
		err = judge(r, bundles)
	}
	if err != nil {
		return answer{ID: r.ID, Verdict: "invalid", Reason: err.Error()}
	}
	return answer{ID: r.ID, Verdict: "valid"}
}

func judge(r request, bundles *spiffebundle.Set) error {
	switch r.Kind {
	case "x509-svid":
		chain, err := certificates(r.Input)
		if err != nil {
			return err
		}
		_, _, err = x509svid.ParseAndVerify(chain, bundles, x509svid.WithTime(r.At))
		return err
	case "jwt-svid":
		// It has no other time than now.
		_, err := jwtsvid.ParseAndValidate(string(r.Input), bundles, []string{r.Audience})
		return err
	}
	return fmt.Errorf("go-spiffe judges no %s", r.Kind)
}

// certificates are the DER of each certificate in PEM, or in DER one after another.
func certificates(input []byte) ([][]byte, error) {
	var chain [][]byte
	for block, rest := pem.Decode(input); block != nil; block, rest = pem.Decode(rest) {
		chain = append(chain, block.Bytes)
	}
	if len(chain) > 0 {
		return chain, nil
	}
	parsed, err := x509.ParseCertificates(input)
	for _, certificate := range parsed {
		chain = append(chain, certificate.Raw)
	}
	return chain, err
}

func bundlesOf(r request) (*spiffebundle.Set, error) {
	bundles := spiffebundle.NewSet()
	for name, text := range r.Bundles {
		trustDomain, err := spiffeid.TrustDomainFromString(name)
		if err != nil {
			return nil, err
		}
		bundle, err := spiffebundle.Parse(trustDomain, text)
		if err != nil {
			return nil, err
		}
		bundles.Add(bundle)
	}
	return bundles, nil
}

type figures struct {
	Kind     string  `json:"kind"`
	Verdicts int     `json:"verdicts"`
	Valid    int     `json:"valid"`
	CPU      float64 `json:"cpu_seconds"`
	Wall     float64 `json:"wall_seconds"`
}

// bench parses every bundle once, as a verifier that runs does, and then only judges.
func bench(requests []request, each time.Duration, out *json.Encoder) error {
	runtime.GOMAXPROCS(1)
	bundles := make([]*spiffebundle.Set, len(requests))
	var kinds []string
	byKind := map[string][]int{}
	for i, r := range requests {
		set, err := bundlesOf(r)
		if err != nil {
			return err
		}
		bundles[i] = set
		if byKind[r.Kind] == nil {
			kinds = append(kinds, r.Kind)
		}
		byKind[r.Kind] = append(byKind[r.Kind], i)
	}
	for _, kind := range kinds {
		done := figures{Kind: kind}
		began, cpu := time.Now(), processorTime()
		for time.Since(began) < each {
			for _, i := range byKind[kind] {
				done.Verdicts++
				if judge(requests[i], bundles[i]) == nil {
					done.Valid++
				}
			}
		}
		done.CPU = (processorTime() - cpu).Seconds()
		done.Wall = time.Since(began).Seconds()
		if err := out.Encode(done); err != nil {
			return err
		}
	}
	return nil
}

// processorTime is what the processors did for this program, whatever else the machine does.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
