// Command tlog reads a published log with Golang's own implementation, which shares no code with us.
//
// Usage: tlog FOLDER < questions.json > answers.json
//
// FOLDER has the log's files. It verifies the checkpoint with golang.org/x/mod/sumdb/note, every
// entry and the root from the tiles with golang.org/x/mod/sumdb/tlog, and makes and checks proofs.
// What does not hold is said in one line on stderr, and ends with 3.
package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type inclusion struct {
	Index int64       `json:"index"`
	Leaf  []byte      `json:"leaf"`
	Path  []tlog.Hash `json:"path"`
}

type consistency struct {
	Size int64       `json:"size"`
	Root tlog.Hash   `json:"root"`
	Path []tlog.Hash `json:"path"`
}

type questions struct {
	LogKey      string        `json:"log_key"`
	WitnessKey  string        `json:"witness_key"`
	Inclusion   []inclusion   `json:"inclusion"`
	Consistency []consistency `json:"consistency"`
}

type answers struct {
	Size        int64         `json:"size"`
	Root        tlog.Hash     `json:"root"`
	Signers     []string      `json:"signers"`
	Entries     int64         `json:"entries"`
	Inclusion   [][]tlog.Hash `json:"inclusion"`
	Consistency [][]tlog.Hash `json:"consistency"`
}

// files reads tiles from a folder that is laid out as C2SP tlog-tiles says.
type files string

func path(tile tlog.Tile) string {
	level := strconv.Itoa(tile.L)
	if tile.L < 0 {
		level = "entries"
	}
	number := fmt.Sprintf("%03d", tile.N%1000)
	for rest := tile.N / 1000; rest > 0; rest /= 1000 {
		number = fmt.Sprintf("x%03d/%s", rest%1000, number)
	}
	if tile.W < 1<<height {
		number = fmt.Sprintf("%s.p/%d", number, tile.W)
	}
	return filepath.Join("tile", level, filepath.FromSlash(number))
}

func (folder files) Height() int { return height }

func (folder files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		raw, err := os.ReadFile(filepath.Join(string(folder), path(tile)))
		if err != nil {
			return nil, err
		}
		found = append(found, raw)
	}
	return found, nil
}

func (folder files) SaveTiles([]tlog.Tile, [][]byte) {}

// cosigner is a verifier of cosignature/v1 (C2SP tlog-cosignature), which x/mod does not have.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.id }
func (c cosigner) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s", time, text)
	return ed25519.Verify(c.key, []byte(message), signature[8:])
}

func parseCosigner(text string) (note.Verifier, error) {
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("not a verifier key")
	}
	id, err := strconv.ParseUint(parts[1], 16, 32)
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil {
		return nil, err
	}
	if len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, errors.New("not a witness's key")
	}
	return cosigner{parts[0], uint32(id), key[1:]}, nil
}

func openCheckpoint(folder string, asked questions) (tlog.Tree, []string, error) {
	raw, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	log, err := note.NewVerifier(asked.LogKey)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	witness, err := parseCosigner(asked.WitnessKey)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	opened, err := note.Open(raw, note.VerifierList(log, witness))
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	var signers []string
	for _, signature := range opened.Sigs {
		signers = append(signers, signature.Name)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != log.Name() || lines[3] != "" {
		return tlog.Tree{}, nil, errors.New("not a checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, nil, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, signers, err
}

func readEntries(folder files, tree tlog.Tree, hashes tlog.HashReader) (int64, error) {
	var seen int64
	for seen < tree.N {
		width := tree.N - seen
		if width > 1<<height {
			width = 1 << height
		}
		bundle, err := folder.ReadTiles([]tlog.Tile{{H: height, L: -1, N: seen >> height, W: int(width)}})
		if err != nil {
			return seen, err
		}
		var indexes []int64
		for n := seen; n < seen+width; n++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, n))
		}
		expected, err := hashes.ReadHashes(indexes)
		if err != nil {
			return seen, err
		}
		rest := bundle[0]
		for _, hash := range expected {
			if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
				return seen, errors.New("a bundle ends early")
			}
			end := 2 + int(binary.BigEndian.Uint16(rest))
			if tlog.RecordHash(rest[2:end]) != hash {
				return seen, fmt.Errorf("entry %d is not what the tree holds", seen)
			}
			rest = rest[end:]
			seen++
		}
		if len(rest) != 0 {
			return seen, errors.New("a bundle has too much")
		}
	}
	return seen, nil
}

func answer(folder string, asked questions) (*answers, error) {
	tree, signers, err := openCheckpoint(folder, asked)
	if err != nil {
		return nil, err
	}
	hashes := tlog.TileHashReader(tree, files(folder))
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil {
		return nil, err
	}
	if root != tree.Hash {
		return nil, errors.New("the tiles have another root")
	}
	entries, err := readEntries(files(folder), tree, hashes)
	if err != nil {
		return nil, err
	}
	found := &answers{Size: tree.N, Root: root, Signers: signers, Entries: entries}
	for _, item := range asked.Inclusion {
		if err := tlog.CheckRecord(item.Path, tree.N, tree.Hash, item.Index, tlog.RecordHash(item.Leaf)); err != nil {
			return nil, err
		}
		proof, err := tlog.ProveRecord(tree.N, item.Index, hashes)
		if err != nil {
			return nil, err
		}
		found.Inclusion = append(found.Inclusion, proof)
	}
	for _, item := range asked.Consistency {
		if err := tlog.CheckTree(item.Path, tree.N, tree.Hash, item.Size, item.Root); err != nil {
			return nil, err
		}
		proof, err := tlog.ProveTree(tree.N, item.Size, hashes)
		if err != nil {
			return nil, err
		}
		found.Consistency = append(found.Consistency, proof)
	}
	return found, nil
}

func main() {
	var asked questions
	err := json.NewDecoder(os.Stdin).Decode(&asked)
	if err == nil {
		var found *answers
		if found, err = answer(os.Args[1], asked); err == nil {
			err = json.NewEncoder(os.Stdout).Encode(found)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}
