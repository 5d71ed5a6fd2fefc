"""Small drawn photographs for the demo county: invented scenes, before and after rectification.

Drawn, not photographed: no person, plate or place of the real world can be in them.
"""
from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

SIZE = (640, 480)
RED, GREEN, DARK = (200, 60, 45), (46, 140, 80), (52, 54, 60)


def scene(kind: str, variant: int, *, after: bool) -> bytes:
    """A JPEG of scene `kind` (a key of `SCENES`); the same arguments give the same bytes."""
    rng = random.Random(f"{kind}/{variant}")  # the same room before and after
    grey = rng.randint(160, 205)
    wall = tuple(grey + rng.randint(-14, 14) for _ in range(3))
    image = Image.new("RGB", SIZE, wall)
    draw = ImageDraw.Draw(image)
    horizon = rng.randint(290, 340)
    draw.rectangle((0, horizon, *SIZE), fill=tuple(int(c * 0.68) for c in wall))
    SCENES[kind](draw, rng, horizon, after)
    _light(draw, rng)
    image = image.filter(ImageFilter.GaussianBlur(0.6))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()


def _light(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    """Grain and a darker rim, as a phone would see it."""
    for _ in range(220):
        x, y, grey = rng.randrange(SIZE[0]), rng.randrange(SIZE[1]), rng.randint(90, 200)
        draw.point((x, y), fill=(grey, grey, grey))
    for i in range(6):
        draw.rectangle((i, i, SIZE[0] - 1 - i, SIZE[1] - 1 - i), outline=(60 + 8 * i,) * 3)


def _panel(draw, rng, horizon, after) -> None:
    """A switch box: wires hang out of it, then it is closed and labelled."""
    x = rng.randint(150, 260)
    draw.rectangle((x, 90, x + 220, 350), fill=(188, 192, 196), outline=DARK, width=4)
    for row in range(3):
        for column in range(5):
            left, top = x + 24 + column * 36, 120 + row * 68
            draw.rectangle((left, top, left + 24, top + 44), fill=(240, 240, 238), outline=DARK)
    if after:
        draw.rectangle((x, 90, x + 220, 350), fill=(176, 182, 188), outline=DARK, width=4)
        draw.polygon(((x + 110, 150), (x + 70, 220), (x + 150, 220)), fill=(245, 200, 40), outline=DARK)
        draw.rectangle((x + 180, 230, x + 200, 262), fill=DARK)
        return
    for _ in range(7):
        start = x + rng.randint(20, 200)
        colour = rng.choice((RED, (40, 90, 170), (225, 180, 40)))
        points = [(start + rng.randint(-50, 50), 300 + step * 35) for step in range(5)]
        draw.line(points, fill=colour, width=5, joint="curve")


def _corridor(draw, rng, horizon, after) -> None:
    """A way out: blocked with boxes, then clear, its sign lit."""
    draw.polygon(((0, 480), (640, 480), (400, 210), (240, 210)), fill=(150, 150, 146))
    draw.rectangle((240, 110, 400, 210), fill=(120, 132, 140), outline=DARK, width=3)
    draw.rectangle((285, 70, 355, 98), fill=GREEN if after else (90, 96, 92))
    draw.line((300, 84, 340, 84), fill=(255, 255, 255), width=4)
    if after:
        draw.line((60, 480, 252, 212), fill=(240, 200, 50), width=6)
        draw.line((580, 480, 388, 212), fill=(240, 200, 50), width=6)
        return
    for _ in range(9):
        left, top, size = rng.randint(140, 430), rng.randint(200, 360), rng.randint(50, 95)
        draw.rectangle((left, top, left + size, top + size), fill=(176, 134, 86), outline=(110, 80, 48), width=3)
        draw.line((left, top + size // 2, left + size, top + size // 2), fill=(210, 178, 130), width=6)


def _machine(draw, rng, horizon, after) -> None:
    """A belt drive: open wheels, then behind a guard."""
    for x, radius in ((200, 80), (430, 55)):
        draw.ellipse((x - radius, 240 - radius, x + radius, 240 + radius), fill=(96, 104, 112), outline=DARK, width=6)
        draw.ellipse((x - 14, 226, x + 14, 254), fill=DARK)
    draw.line((200, 160, 430, 185), fill=DARK, width=8)
    draw.line((200, 320, 430, 295), fill=DARK, width=8)
    draw.rectangle((120, 330, 520, 400), fill=(70, 110, 130), outline=DARK, width=4)
    if after:
        draw.rectangle((100, 140, 510, 330), outline=(226, 170, 30), width=10)
        for x in range(110, 510, 18):
            draw.line((x, 145, x, 325), fill=(226, 170, 30), width=3)
    else:
        draw.ellipse((rng.randint(250, 330), 400, 470, 440), fill=(60, 54, 48))


def _tank(draw, rng, horizon, after) -> None:
    """A tank with its pipe: rust and a puddle, then painted and fitted with a detector."""
    colour = (205, 212, 216) if after else (168, 152, 136)
    draw.rounded_rectangle((150, 110, 370, 370), 40, fill=colour, outline=DARK, width=4)
    draw.line((370, 310, 560, 310), fill=(90, 120, 150) if after else (130, 96, 70), width=18)
    draw.rectangle((450, 288, 486, 332), fill=(70, 80, 90))
    if after:
        draw.rectangle((520, 140, 560, 196), fill=(240, 240, 240), outline=DARK, width=3)
        draw.ellipse((530, 150, 550, 170), fill=GREEN)
        return
    for _ in range(14):
        x, y, size = rng.randint(165, 350), rng.randint(130, 350), rng.randint(6, 26)
        draw.ellipse((x, y, x + size, y + size * 2), fill=(140, 84, 48))
    draw.ellipse((420, 380, 600, 430), fill=(66, 78, 84))


def _edge(draw, rng, horizon, after) -> None:
    """An open edge of a floor: nothing in front of it, then railed and netted."""
    draw.rectangle((0, 0, 640, 300), fill=(176, 206, 226))
    draw.polygon(((0, 250), (640, 300), (640, 480), (0, 480)), fill=(160, 158, 152))
    for x in range(40, 640, 150):
        draw.rectangle((x, 40, x + 26, 260), fill=(140, 140, 136))
    if after:
        for offset in (0, 45, 90):
            draw.line((0, 180 + offset, 640, 230 + offset), fill=RED if offset != 45 else (245, 245, 245), width=9)
        for x in range(20, 640, 90):
            draw.line((x, 170 + x // 13, x, 290 + x // 13), fill=RED, width=8)
    else:
        for _ in range(5):
            x = rng.randint(60, 540)
            draw.polygon(((x, 330), (x + 70, 320), (x + 84, 350), (x + 8, 362)), fill=(150, 116, 80))


def _slope(draw, rng, horizon, after) -> None:
    """A bench of a quarry or a bank of earth: loose stones, then cleared, stepped and fenced."""
    draw.rectangle((0, 0, 640, 200), fill=(186, 208, 220))
    for step in range(4):
        shade = 150 - step * 14
        top = 140 + step * 80
        draw.polygon(((0, top), (640, top + 40), (640, 480), (0, 480)), fill=(shade, shade - 18, shade - 40))
    if after:
        for x in range(20, 640, 60):
            draw.rectangle((x, 396, x + 8, 446), fill=(240, 190, 40))
        draw.line((0, 410, 640, 410), fill=(240, 190, 40), width=5)
        return
    for _ in range(22):
        x, y, size = rng.randint(0, 600), rng.randint(170, 430), rng.randint(10, 46)
        draw.polygon(((x, y + size), (x + size // 2, y), (x + size, y + size)), fill=(104, 92, 80), outline=DARK)


def _extinguishers(draw, rng, horizon, after) -> None:
    """Fire-fighting gear: fallen and dusty, then in its box and tagged."""
    if after:
        draw.rectangle((180, 150, 460, 380), fill=RED, outline=(120, 30, 24), width=6)
        draw.rectangle((200, 170, 440, 360), fill=(246, 240, 236))
    for i in range(2 if after else 3):
        x, y = 230 + i * 105, 195 if after else rng.randint(250, 300)
        colour = RED if after else (150, 92, 84)
        draw.rounded_rectangle((x, y, x + 62, y + 150), 26, fill=colour, outline=DARK, width=3)
        draw.rectangle((x + 22, y - 20, x + 40, y + 4), fill=DARK)
        if after:
            draw.rectangle((x + 12, y + 60, x + 50, y + 104), fill=(252, 252, 250))
    if not after:
        draw.rectangle((90, 360, 560, 420), fill=(170, 130, 84), outline=DARK, width=3)


def _papers(draw, rng, horizon, after) -> None:
    """A ledger on the desk: blank, then filled in and stamped with a tick."""
    draw.polygon(((110, 120), (540, 100), (570, 420), (80, 430)), fill=(250, 249, 244), outline=DARK)
    for row in range(9):
        y = 160 + row * 28
        draw.line((120, y, 540, y - 8), fill=(190, 190, 186), width=2)
        if after or rng.random() < 0.25:
            draw.line((140, y - 10, 140 + rng.randint(120, 380), y - 14), fill=(60, 70, 120), width=5)
    if after:
        draw.ellipse((420, 320, 510, 410), outline=RED, width=6)
        draw.line((440, 366, 460, 386, 494, 344), fill=RED, width=8)


Painter = Callable[[ImageDraw.ImageDraw, random.Random, int, bool], None]
SCENES: dict[str, Painter] = {
    "panel": _panel, "corridor": _corridor, "machine": _machine, "tank": _tank, "edge": _edge, "slope": _slope,
    "extinguishers": _extinguishers, "papers": _papers,
}
# Which scene shows which category (隐患类别); whatever is not named here shows a ledger.
OF_CATEGORY = {
    "panel": "用电安全 监测监控与报警 防雷防静电",
    "corridor": "疏散通道与安全出口 建筑结构 警示标志",
    "machine": "机械设备防护 特种设备 提升运输 起重吊装 粉尘防爆 车辆与驾驶人",
    "tank": "危险化学品储存使用 燃气使用 煤气与可燃气体监测 有限空间作业 高温熔融金属 防治水 动火作业",
    "edge": "临边洞口防护 脚手架与模板 高处作业 道路设施与标志标线",
    "slope": "边坡与排土场 尾矿库坝体与排洪 地质灾害与防汛 基坑与边坡支护 顶板与支护 爆破与民爆物品",
    "extinguishers": "消防设施器材 劳动防护用品",
}
_SCENE_OF = {category: kind for kind, categories in OF_CATEGORY.items() for category in categories.split()}


def scene_of(category: str) -> str:
    """The scene that shows a hazard of this category."""
    return _SCENE_OF.get(category, "papers")
