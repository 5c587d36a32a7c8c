"""Text of every kind: wide characters, combining marks, emoji, and lines that end in CR LF."""

import unicodedata

GREETINGS = {
    "deutsch": "Grüß Gott",
    "ελληνικά": "Καλημέρα",
    "日本語": "こんにちは",
    "中文": "你好，世界",
    "한국어": "안녕하세요",
    "עברית": "שלום",
    "emoji": "👋🏽 👩‍👩‍👧 🇪🇺",
    "e\u0301 as typed": "é is one letter, é is two",
}


def width(text):
    """Columns that a text takes in a terminal."""
    columns = 0
    for letter in text:
        if unicodedata.combining(letter):
            continue
        if unicodedata.east_asian_width(letter) in ("W", "F"):
            columns += 2
        else:
            
    return columns


def pad(text, columns):
    """Fill up with blanks on the right: 「日本語」 takes eleven columns with its marks."""
    return text + " " * (


def is_palindrome(text):
    """Whether it reads the same from both ends; 'été' and 'たけやぶやけた' do."""
    text = unicodedata.normalize("NFC", text.lower())
    letters = [letter for letter in text if letter.isalnum()]
    return letters == 


for language, greeting in GREETINGS.items():
	print(pad(language, 20), greeting)	# this line is indented by a tab
