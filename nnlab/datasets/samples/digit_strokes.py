"""The forms of the ten digits, as strokes of a pen.

They are those of copybooks and of everyday handwriting in several countries: a 7 with a bar, a 1
with a long upstroke, a 4 that is open at the top, a 9 whose foot curls up.
"""

FORMS = {
    "0": (
        "50,0 14,25 12,72 50,100 88,70 85,24 45,1",  # closed
        "72,6 35,3 10,40 15,80 50,100 90,70 84,28",  # open at the right
        "40,4 80,12 90,50 78,90 45,100 15,75 / 12,45 30,8",  # open at the left
    ),
    "1": (
        "50,0 50,100",
        "25,25 55,0 / 55,0 52,100",  # with an upstroke
        "5,50 60,0 / 60,0 60,100",  # with a long one
        "5,30 40,18 62,0 / 62,0 60,100",  # with a bent one
        "20,28 55,0 / 55,0 52,100 / 20,100 85,100",  # with a foot
    ),
    "2": (
        "10,25 45,0 85,25 60,60 10,100 / 10,100 92,98",
        "10,25 45,0 85,25 55,65 15,95 10,80 / 10,80 30,78 60,97 95,90",  # with a loop
    ),
    "3": (
        "12,14 50,0 80,20 50,45 86,70 50,100 10,86",  # without a corner
        "12,12 50,0 80,20 40,46 / 40,46 88,70 50,100 8,88",
        "10,0 85,0 / 85,0 40,40 / 40,40 90,65 50,100 10,90",  # with a flat top
    ),
    "4": (
        "65,0 5,65 / 5,65 95,65 / 65,0 65,100",  # closed
        "25,0 15,55 / 15,55 92,55 / 75,10 70,100",  # open
        "20,0 12,45 45,58 85,48 / 86,0 80,100",  # open and round
        "50,0 8,68 / 8,68 94,62 / 62,38 56,100",  # open with a short stem
        "42,0 10,58 35,74 90,55 / 84,28 55,100",  # open and round, with a short stem
    ),
    "5": (
        "85,0 20,0 / 20,0 15,45 / 15,45 55,36 88,68 50,100 10,90",
        "85,3 28,5 22,40 78,55 74,90 10,95",  # in one stroke
        "95,2 30,4 18,34 62,46 68,74 40,100",  # with a small belly
    ),
    "6": (
        "70,0 22,40 10,75 45,100 85,78 55,52 14,72",
        "45,0 12,60 30,98 80,86 68,56 16,70",  # with a straight back
    ),
    "7": (
        "5,0 90,0 / 90,0 40,100",
        "5,0 90,0 / 90,0 40,100 / 30,50 90,47",  # with a bar
        "8,20 10,0 / 10,0 90,2 / 90,2 50,45 40,100",  # with a serif
        "8,20 10,0 / 10,0 90,2 / 90,2 50,45 40,100 / 25,50 85,48",  # with both
    ),
    "8": (
        "78,14 45,0 16,20 50,48 88,78 50,100 12,78 50,48 84,22 72,8",  # in one stroke
        "50,0 20,20 50,45 80,20 50,0 / 50,45 10,72 50,100 90,72 50,45",  # two rings
    ),
    "9": (
        "82,16 50,0 14,22 42,48 80,18 / 82,6 78,100",
        "82,16 50,0 14,22 42,48 80,18 / 82,10 86,55 50,100",  # with a bent stem
        "82,16 50,0 14,22 42,48 80,18 / 82,12 88,72 50,100 10,88",  # whose foot curls up
        "82,16 50,0 14,22 42,48 80,18 / 70,30 90,78 55,98 8,97",  # with a flat foot
        "70,12 48,0 26,14 46,30 68,12 / 68,16 90,72 55,98 8,90",  # with a small head
    ),
}
"""Of each digit, its forms.

A stroke goes through points without a corner; x counts to the right, y downwards, 0 to 100. A
slash lifts the pen, or makes a corner.
"""


def strokes(form: str) -> list[list[list[float]]]:
    """Return the points of each stroke: x and y from 0 to 1."""
    return [
        [[float(number) / 100 for number in point.split(",")] for point in stroke.split()]
        for stroke in form.split("/")
    ]
