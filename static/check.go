// Checks one post of a Goftogu host with Go's own packages and nothing of ours: the digest and the signature of the
// record, the signature of the log, and the proof that the log holds the record.
//
// In this folder lie the files DIGEST (from /records/) and DIGEST.tlog-proof (from /receipts/).
//
//	go run check.go DIGEST 'THE LOG'S KEY'
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type object map[string]json.RawMessage

// canonical writes an object as RFC 8785 does: the members are already canonical, and ASCII names sort as bytes.
func canonical(members object) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.Encode(members)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

func text(raw json.RawMessage) (value string) {
	json.Unmarshal(raw, &value)
	return value
}

// multibase reads base58btc after its letter z.
func multibase(value string, length int) ([]byte, error) {
	number := new(big.Int)
	for _, character := range strings.TrimPrefix(value, "z") {
		digit := strings.IndexRune("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", character)
		if digit < 0 {
			return nil, errors.New("not base58")
		}
		number.Add(number.Mul(number, big.NewInt(58)), big.NewInt(int64(digit)))
	}
	if number.BitLen() > 8*length {
		return nil, errors.New("too long for what it should be")
	}
	return number.FillBytes(make([]byte, length)), nil
}

// checkRecord returns the record's type and its signer.
func checkRecord(digest string) (kind, did string, err error) {
	raw, err := os.ReadFile(digest)
	if err != nil {
		return "", "", err
	}
	if fmt.Sprintf("%x", sha256.Sum256(raw)) != digest {
		return "", "", errors.New("another record than its digest says")
	}
	document, proof := object{}, object{}
	if err = json.Unmarshal(raw, &document); err != nil {
		return "", "", err
	}
	if !bytes.Equal(canonical(document), raw) {
		return "", "", errors.New("the record is not canonical")
	}
	if err = json.Unmarshal(document["proof"], &proof); err != nil {
		return "", "", err
	}
	did, _, _ = strings.Cut(text(proof["verificationMethod"]), "#")
	key, err := multibase(strings.TrimPrefix(did, "did:key:"), 2+ed25519.PublicKeySize)
	if err != nil || key[0] != 0xed || key[1] != 1 || text(document["attributedTo"]) != "ap://"+did+"/actor" {
		return "", "", errors.New("the record does not name its author's key")
	}
	signature, err := multibase(text(proof["proofValue"]), ed25519.SignatureSize)
	if err != nil {
		return "", "", err
	}
	delete(document, "proof")
	delete(proof, "proofValue")
	options, words := sha256.Sum256(canonical(proof)), sha256.Sum256(canonical(document))
	if !ed25519.Verify(key[2:], append(options[:], words[:]...), signature) {
		return "", "", errors.New("the signature does not hold")
	}
	return text(document["type"]), did, nil
}

// checkProof returns the record's place in the log, and how many entries the log had.
func checkProof(digest, kind, logKey string) (index, size int64, err error) {
	raw, err := os.ReadFile(digest + ".tlog-proof")
	if err != nil {
		return 0, 0, err
	}
	verifier, err := note.NewVerifier(logKey)
	if err != nil {
		return 0, 0, err
	}
	head, checkpoint, _ := strings.Cut(string(raw), "\n\n")
	opened, err := note.Open([]byte(checkpoint), note.VerifierList(verifier))
	if err != nil {
		return 0, 0, err
	}
	signed, lines := strings.Split(opened.Text, "\n"), strings.Split(head, "\n")
	if len(lines) > 1 && strings.HasPrefix(lines[1], "extra ") {
		lines = append(lines[:1], lines[2:]...)
	}
	if len(signed) < 4 || signed[0] != verifier.Name() || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return 0, 0, errors.New("not a proof of this log")
	}
	size, err = strconv.ParseInt(signed[1], 10, 64)
	if err != nil {
		return 0, 0, err
	}
	root, err := tlog.ParseHash(signed[2])
	if err != nil {
		return 0, 0, err
	}
	index, err = strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return 0, 0, err
	}
	var path tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return 0, 0, err
		}
		path = append(path, hash)
	}
	leaf := fmt.Sprintf(`{"d":"%s","t":"%s","v":1}`, digest, kind)
	return index, size, tlog.CheckRecord(path, size, root, index, tlog.RecordHash([]byte(leaf)))
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "go run check.go DIGEST 'THE LOG'S KEY'")
		os.Exit(2)
	}
	kind, did, err := checkRecord(os.Args[1])
	if err == nil {
		fmt.Println("signature  good:", did)
		var index, size int64
		if index, size, err = checkProof(os.Args[1], kind, os.Args[2]); err == nil {
			fmt.Printf("log        good: place %d of %d\n", index, size)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "does not hold:", err)
		os.Exit(3)
	}
}
