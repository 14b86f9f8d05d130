"""Installing, upgrading, going back: the scripts of deploy/ with the programs that they name."""
