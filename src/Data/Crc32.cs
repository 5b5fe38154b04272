namespace Tapestry.Data;

/// <summary>The check sum of gzip and PNG, CRC-32: the reflected polynomial 0xEDB88320, computed eight bytes at a time.</summary>
public static class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    // Row 0 advances the check sum by one byte; row k by one byte and k zero bytes after it. Eight bytes are then eight independent look-ups.
    private static readonly uint[] Table = MakeTable();

    /// <summary>Carries a check sum on over more bytes. It begins at 0.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<uint> table = Table;
        crc = ~crc;
        while (bytes.Length >= 8)
        {
            uint low = crc ^ (bytes[0] | ((uint)bytes[1] << 8) | ((uint)bytes[2] << 16) | ((uint)bytes[3] << 24));
            crc = table[(7 * 256) + (int)(low & 0xFF)] ^ table[(6 * 256) + (int)((low >> 8) & 0xFF)]
                ^ table[(5 * 256) + (int)((low >> 16) & 0xFF)] ^ table[(4 * 256) + (int)(low >> 24)]
                ^ table[(3 * 256) + bytes[4]] ^ table[(2 * 256) + bytes[5]] ^ table[256 + bytes[6]] ^ table[bytes[7]];
            bytes = bytes[8..];
        }

        foreach (byte value in bytes) crc = (crc >> 8) ^ table[(int)((crc ^ value) & 0xFF)];
        return ~crc;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint crc = value;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            table[value] = crc;
        }

        for (int i = 256; i < table.Length; i++) table[i] = (table[i - 256] >> 8) ^ table[table[i - 256] & 0xFF];
        return table;
    }
}
