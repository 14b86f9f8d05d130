"""What may be said of everybody from those who came; pure, seeded, the same on every machine.

    raking      weights that make those who came look like the population in some margins
    estimates   a weighted share with its two intervals, or the reason why there is none
    gap         whether those who speak most hold what most hold
    survival    how long answers take, where some have not come yet (Kaplan and Meier)

Statistics are of OPINION.md section 5 and the sources named there. People are rows; nothing here
knows who they are.
"""
