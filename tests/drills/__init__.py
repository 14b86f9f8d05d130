"""Three drills on three instances of this machine, each a process of its own: `make drill`.

- `seizure`     a home's disk and keys are taken: what is found, what can be done with it
- `succession`  a home is killed, and a partner keeps its board
- `shutdown`    no network: what is said is carried by file

Every line is green or red. Nothing is asked of the network but loopback, and nothing stays.
"""
