"""Pictures for demo listings, drawn: a street at some hour of the day, the same one for the same seed."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (960, 600)
SCALE = 2
Colour = tuple[int, int, int]

# sky at the top, sky at the horizon, far houses, near house, windows that are lit
HOURS: list[tuple[Colour, Colour, Colour, Colour, Colour]] = [
    ((84, 142, 214), (214, 232, 247), (146, 170, 196), (58, 84, 120), (255, 236, 190)),
    ((245, 158, 92), (255, 223, 178), (190, 128, 110), (92, 56, 72), (255, 240, 196)),
    ((30, 36, 78), (112, 88, 148), (60, 58, 104), (26, 28, 58), (255, 214, 120)),
    ((120, 190, 190), (232, 246, 236), (140, 178, 170), (40, 92, 92), (240, 250, 226)),
    ((196, 132, 170), (252, 222, 210), (160, 112, 140), (84, 52, 92), (255, 232, 200)),
]


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def _sky(top: Colour, horizon: Colour, width: int, height: int) -> Image.Image:
    column = Image.new("RGB", (1, height))
    for y in range(height):
        column.putpixel((0, y), _mix(top, horizon, min(1.0, y / (height * 0.78))))
    return column.resize((width, height))


def _skyline(draw: ImageDraw.ImageDraw, random: Random, colour: Colour, width: int, ground: int, tallest: int) -> None:
    x = -random.randint(0, 60)
    while x < width:
        wide, high = random.randint(60, 170), random.randint(tallest // 3, tallest)
        draw.rectangle((x, ground - high, x + wide, ground), fill=colour)
        if random.random() < 0.35:
            draw.rectangle((x + wide // 2 - 3, ground - high - 50, x + wide // 2 + 3, ground - high), fill=colour)
        x += wide + random.randint(0, 24)


def _house(
    draw: ImageDraw.ImageDraw, random: Random, wall: Colour, lit: Colour, box: tuple[int, int, int, int]
) -> None:
    left, top, right, ground = box
    draw.rectangle(box, fill=wall)
    draw.rectangle((left - 10, top - 16, right + 10, top), fill=_mix(wall, (0, 0, 0), 0.25))
    columns, rows = (right - left) // 76, (ground - top - 150) // 84
    step = (right - left) / columns
    dark = _mix(wall, (255, 255, 255), 0.16)
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * step + step * 0.2, top + 34 + row * 84
            pane = lit if random.random() < 0.55 else dark
            draw.rounded_rectangle((x, y, x + step * 0.6, y + 54), radius=4, fill=pane)
            draw.line((x + step * 0.3, y, x + step * 0.3, y + 54), fill=_mix(pane, wall, 0.5), width=3)
    _shop_front(draw, wall, lit, (left, ground - 118, right, ground))


def _shop_front(draw: ImageDraw.ImageDraw, wall: Colour, lit: Colour, box: tuple[int, int, int, int]) -> None:
    left, top, right, ground = box
    draw.rectangle((left + 18, top + 18, right - 18, ground), fill=_mix(lit, wall, 0.15))
    middle = (left + right) // 2
    draw.rectangle((middle - 34, top + 28, middle + 34, ground), fill=_mix(wall, (0, 0, 0), 0.2))
    draw.rectangle((left, top, right, top + 22), fill=_mix(wall, (0, 0, 0), 0.35))


def draw_street(seed: str) -> bytes:
    """A JPEG of 960 × 600."""
    random = Random(seed)  # noqa: S311 (a picture, not a secret)
    top, horizon, far, near, lit = HOURS[random.randrange(len(HOURS))]
    width, height = SIZE[0] * SCALE, SIZE[1] * SCALE
    ground = round(height * 0.88)
    image = _sky(top, horizon, width, height)
    draw = ImageDraw.Draw(image)
    sun = (random.randint(width // 8, width * 7 // 8), random.randint(120, height // 3))
    draw.ellipse((sun[0] - 80, sun[1] - 80, sun[0] + 80, sun[1] + 80), fill=_mix(lit, horizon, 0.2))
    _skyline(draw, random, _mix(far, horizon, 0.55), width, ground, height // 2)
    image = image.filter(ImageFilter.BoxBlur(5))
    draw = ImageDraw.Draw(image)
    _skyline(draw, random, far, width, ground, round(height * 0.42))
    left = random.randint(width // 6, width // 3)
    _house(
        draw,
        random,
        near,
        lit,
        (left, random.randint(height // 6, height // 3), left + random.randint(620, 900), ground),
    )
    draw.rectangle((0, ground, width, height), fill=_mix(near, (0, 0, 0), 0.35))
    draw.rectangle((0, ground, width, ground + 12), fill=_mix(near, (255, 255, 255), 0.2))
    for x in range(random.randint(0, 120), width, random.randint(260, 420)):
        _tree(draw, x, ground, near)
    out = BytesIO()
    image.resize(SIZE, Image.Resampling.BOX).save(out, "JPEG", quality=84)
    return out.getvalue()


def _tree(draw: ImageDraw.ImageDraw, x: int, ground: int, near: Colour) -> None:
    leaf = _mix(near, (70, 140, 90), 0.7)
    draw.rectangle((x - 5, ground - 110, x + 5, ground), fill=_mix(near, (0, 0, 0), 0.3))
    for dx, dy, radius in ((-26, -120, 42), (26, -124, 40), (0, -160, 46)):
        draw.ellipse((x + dx - radius, ground + dy - radius, x + dx + radius, ground + dy + radius), fill=leaf)
