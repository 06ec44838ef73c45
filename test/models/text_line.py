#!/usr/bin/env python3
"""Draws a line of text, right way up and upside down, as pictures and as what the text_direction model takes.

    text_line.py [DIR] [--text TEXT]             DIR: build/models/text_line

Writes upright.png, upside_down.png and upright.npy, upside_down.npy (f32, 1x3x48x192: scaled to height 48, padded on the right
with zeros to width 192, each value x from 0 to 255 as (x/255 - 0.5)/0.5). The model's answer is two probabilities: upright, upside down.
"""

import argparse
import os

import numpy as np
from PIL import Image, ImageDraw, ImageFont

HEIGHT, WIDTH = 48, 192


def draw(text, size=36, margin=8):
    """Black text on white, cut to the text with a margin."""
    font = ImageFont.load_default(size)
    left, top, right, bottom = font.getbbox(text)
    picture = Image.new("RGB", (right - left + 2 * margin, bottom - top + 2 * margin), "white")
    ImageDraw.Draw(picture).text((margin - left, margin - top), text, font=font, fill="black")
    return picture


def preprocess(picture):
    """The picture as the model's input."""
    width = min(WIDTH, max(1, round(HEIGHT * picture.width / picture.height)))
    pixels = np.asarray(picture.resize((width, HEIGHT), Image.Resampling.BILINEAR), dtype=np.float32)
    x = np.zeros((1, 3, HEIGHT, WIDTH), np.float32)
    x[0, :, :, :width] = (pixels.transpose(2, 0, 1) / 255.0 - 0.5) / 0.5
    return x


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir", nargs="?", default="build/models/text_line")
    parser.add_argument("--text", default="Which way is up?")
    args = parser.parse_args()
    os.makedirs(args.dir, exist_ok=True)
    upright = draw(args.text)
    for name, picture in (("upright", upright), ("upside_down", upright.rotate(180))):
        picture.save(os.path.join(args.dir, name + ".png"))
        np.save(os.path.join(args.dir, name + ".npy"), preprocess(picture))
    print(f"{args.dir}: upright and upside_down, .png and .npy")


if __name__ == "__main__":
    main()
