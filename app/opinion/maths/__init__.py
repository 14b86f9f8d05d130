"""The maths of votes: values in, values out."""
