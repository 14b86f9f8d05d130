"""Room `crypto`: keys, signatures, canonical bytes. An auditor reads this room first, in an hour.

- `ed25519`    keys and the one acceptance rule for signatures
- `multikey`   base58btc, did:key, digests as multihash
- `integrity`  W3C Data Integrity proofs, suite `eddsa-jcs-2022`
- `seed`       16 bytes of entropy, 12 recovery words, the keys derived from them
- `note_keys`, `notes`  signed notes and their verifier keys (C2SP signed-note)
- `mldsa`      ML-DSA-44, for cosignatures alone
- `blind`      blind RSA signatures (RFC 9474), for tokens whose issuer must not know them again
- `checksum`   four words by which people compare an address
- `secret`     what a private key and a seed do not do: show, pickle or compare themselves
- `sealing`    secrets at rest: Argon2id for passphrases, ChaCha20-Poly1305 for boxes

Does not: know posts, personas or boards; read a clock, a file or a random source.
Invariant: bytes in, a verified value or an exception out. Nothing returns a boolean for "valid".
"""
