"""Judges the index that the Autobahn suite writes: prints the counts, exits 1 when a case failed.

Non-strict: the suite accepts the behaviour and prefers another one. Informational: it has no opinion.
Section 9 is performance and limits; what is called the 247 core cases is everything else of 1 to 10.
"""

import collections
import json
import sys

ACCEPTED = {"OK", "NON-STRICT", "INFORMATIONAL"}


def main(path):
    failed = 0
    for agent, cases in json.load(open(path)).items():
        core = {number: case for number, case in cases.items() if not number.startswith("9.")}
        for name, part in (("core", core), ("with section 9", cases)):
            counts = collections.Counter(case["behavior"] for case in part.values())
            accepted = sum(counts[word] for word in ACCEPTED)
            words = ", ".join(f"{counts[word]} {word.lower()}" for word in sorted(counts))
            print(f"{agent}, {name}: {accepted} of {len(part)} accepted ({words})")
        for number, case in sorted(cases.items(), key=lambda item: [int(part) for part in item[0].split(".")]):
            verdicts = {case["behavior"], case["behaviorClose"]}
            if not verdicts <= ACCEPTED:
                failed += 1
            if verdicts - {"OK"}:
                print(f"  {number}: {case['behavior'].lower()}, close {case['behaviorClose'].lower()}")
    return 1 if failed else 0


sys.exit(main(sys.argv[1]))
