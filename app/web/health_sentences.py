"""What the health page says of each thing that was looked at, and what to do where it is red."""

from typing import Final

from .sentences import gettext_noop as _

NAMES: Final = {
    "own-log": _("This host’s own history"),
    "log": _("The log"),
    "disk": _("Disk"),
    "shutdown": _("Shutdown mode"),
    "partner": _("Partner %(name)s"),
    "grant": _("Rights between both: %(name)s"),
    "witness": _("Witness %(name)s"),
    "clock": _("Clock"),
    "drill": _("Trial of the backup"),
    "bundles": _("Files to take along"),
}
"""The gravest first, as readers are told."""
_FROZEN: Final = _(
    "Caught lying, and believed no more. Keep the folder with the evidence, tell the other partners and call this one. `goftogu partner remove` ends it; after that it can be met anew."
)
_UNVERIFIED: Final = _(
    "Nothing of it verified for more than a day, so nothing more is taken. That proves no lie: a disk, a front server or somebody on the way can do it. Keep the folder with the evidence, and call its operator to find out why. Once its files are whole, `goftogu partner remove` ends this, and it can be met anew."
)
SENTENCES: Final = {
    ("log", "good"): _("It is signed as it grows."),
    ("log", "halted"): _(
        "Nothing is signed and nothing new is shown, because it could contradict what was signed. Run `goftogu check`: it says why and what to do."
    ),
    ("own-log", "good"): _("No partner has seen another one."),
    ("own-log", "two-histories"): _(
        "Somebody signed another history with this host’s key: the key was stolen, or an old copy of this machine runs. Stop both, and tell every partner."
    ),
    ("bundles", "good"): _("The newest are as new as the newest posts."),
    ("bundles", "old"): _(
        "The newest are older than the newest posts. Does the worker run, and is there room on the disk?"
    ),
    ("disk", "good"): _("%(n)s per cent are free."),
    ("disk", "low"): _("Only %(n)s per cent are free. Make room before it is full."),
    ("disk", "full"): _(
        "It is full: %(n)s per cent are free. Nothing can be written until there is room."
    ),
    ("shutdown", "none"): _("Off: the clocks of officials run."),
    ("shutdown", "on"): _(
        "On: the clocks of officials stand still, and files to take along come in parts each hour. Days since it began: %(n)s. `goftogu shutdown off` ends it."
    ),
    ("drill", "good"): _("The last backup could be restored. Days since then: %(n)s."),
    ("drill", "none"): _("No backup was restored here yet to see whether it can be."),
    ("drill", "old"): _("Days since the last one: %(n)s. It is due each week: does its timer run?"),
    ("drill", "failed"): _(
        "The last backup could not be restored, or there was none. Days since then: %(n)s. `goftogu drill` tries again and says why. Make another one today, and restore it by hand."
    ),
    ("drill", "unreadable"): _("What it left behind (drill.json) cannot be read. Run it again."),
    ("clock", "good"): _("It agrees with what witnesses sign."),
    ("clock", "off"): _(
        "It is hours away from what witnesses sign. Set this machine’s clock, and let a service keep it right."
    ),
    ("witness", "good"): _("Signs what is here. Hours since the last signature: %(n)s."),
    ("witness", "never"): _(
        "Has signed nothing yet. Does it answer, and does its host look after this log?"
    ),
    ("witness", "behind"): _(
        "The log grew, and it has signed nothing new. Hours since the last signature: %(n)s. Does it answer? If it is gone for good: `goftogu witness remove`."
    ),
    ("partner", "good"): _(
        "Its copy here is as new as its last answer. Minutes since then: %(n)s."
    ),
    ("partner", "none"): _("Met, and not asked yet."),
    ("partner", "never"): _(
        "Could not be reached yet. Is its address right, and is there a way to it?"
    ),
    ("partner", "behind"): _(
        "Its copy here is old. Minutes since it was brought up to date: %(n)s. Does it answer? Call its operator if that goes on."
    ),
    ("partner", "frozen"): _FROZEN,
    ("partner", "frozen-unverified"): _UNVERIFIED,
    ("partner", "retired"): _(
        "It wound itself down and destroyed its keys: nothing that is signed with them later is believed. Its boards are with whom they were left to."
    ),
    ("partner", "ended"): _("The partnership is over: nothing more is copied."),
    ("partner", "wrong-card"): _(
        "Another host answers at its address, or its card names another log. Nothing was taken. Compare the key by telephone before you do anything."
    ),
    ("partner", "expired"): _(
        "Every right between the two is past its last day. Offer it anew (`goftogu partner offer`), and have it accepted."
    ),
    ("grant", "given"): _(
        "What that partner may do with this board of this host ends soon. Days left, with today: %(n)s. `goftogu partner offer %(name)s` offers it anew, for a year; then its operator accepts it. Where it may other things than read and carry, add `--rights`."
    ),
    ("grant", "given-over"): _(
        "What that partner might do with this board of this host is past its last day. `goftogu partner offer %(name)s` offers it anew, for a year; then its operator accepts it. If it shall stay so: `goftogu partner remove %(partner)s --board %(board)s`."
    ),
    ("grant", "taken"): _(
        "What this host may do with that partner’s board ends soon. Days left, with today: %(n)s. Ask its operator to offer it anew; then run `goftogu partner accept %(partner)s`."
    ),
    ("grant", "taken-over"): _(
        "What this host might do with that partner’s board is past its last day. Ask its operator to offer it anew; then run `goftogu partner accept %(partner)s`. If it shall stay so: `goftogu partner remove %(partner)s --board %(board)s`."
    ),
    ("partner", "disk"): _("Its copy could not be written: the disk here is full or fails."),
    ("partner", "newer"): _(
        "Its host runs a newer version: its log holds what this one does not read. Nothing was lost; upgrade this host."
    ),
    ("partner", "ahead"): _(
        "Some of what it logged is of days that have not come here, so one of both clocks is wrong. It is taken once its day has come. Set this machine’s clock, or call that host’s operator."
    ),
    ("partner", "shrunk"): _(
        "It shows a smaller log than before: an old copy of it may answer. Ask its operator; nothing was taken."
    ),
    ("partner", "unverified"): _(
        "What comes from there cannot be verified: it was damaged or changed on its way, or before. Nothing of it was taken, and it is asked for again by itself. If it lasts a day, the partner is frozen: ask its operator before that."
    ),
}
FLAGS: Final = {
    "split-view": _(
        "%(by)s caught %(about)s with two histories of its log, both signed, and kept the evidence."
    ),
    "foreign-entry": _(
        "%(by)s caught %(about)s logging what was signed for another host’s board, and kept the evidence."
    ),
    "promise-broken": _(
        "%(by)s says that %(about)s did not log what it gave a receipt for, and kept the receipt."
    ),
    "does-not-verify": _(
        "%(by)s says that the log of %(about)s holds a record that is not signed as it should be, and kept it."
    ),
    "unverified": _(
        "%(by)s says that nothing of %(about)s verified for more than a day, and kept what came. That proves no lie."
    ),
}
"""By the code in the record: its other words are the signer's, and are not shown."""
OTHER_FLAG: Final = _(
    "%(by)s says that it caught %(about)s at something that this version does not know, and kept the evidence."
)
MORE_FLAGS: Final = _("Of %(by)s the newest are listed. And more by this host: %(n)s.")
