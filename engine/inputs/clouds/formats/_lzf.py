"""LZF, the compression inside PCD files. Own code, since open3d may not read uploads (see `pcd.py`)."""

from engine.inputs.clouds.formats.base import damaged

_LITERALS = 32  # control bytes below this announce so many bytes, and one, as they are


def unpack(block: bytes, size: int, name: str) -> bytes:
    """Exactly `size` bytes from a whole compressed block. Raises InvalidInput.

    Never holds more than `size` bytes and one run of them; each byte of the block is looked at once.
    """
    output = bytearray()
    position, stop = 0, len(block)
    try:
        while position < stop:
            control = block[position]
            position += 1
            if control < _LITERALS:
                if position + control >= stop:
                    raise IndexError
                output += block[position : position + control + 1]
                position += control + 1
            else:
                length = (control >> 5) + 2
                if length == 9:
                    length += block[position]
                    position += 1
                distance = ((control & 31) << 8) + block[position] + 1
                position += 1
                start = len(output) - distance
                if start < 0:
                    raise IndexError
                if distance >= length:
                    output += output[start : start + length]
                else:  # the run overlaps itself: what it has is repeated
                    output += (output[start:] * (length // distance + 1))[:length]
            if len(output) > size:
                raise IndexError
    except IndexError:
        raise damaged(name, "its compressed block cannot be unpacked") from None
    if len(output) != size:
        raise damaged(name, "its compressed block cannot be unpacked")
    return bytes(output)
