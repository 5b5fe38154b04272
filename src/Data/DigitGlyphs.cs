namespace Tapestry.Data;

/// <summary>
/// A point that a stroke bends towards, or at a corner passes through. The digit stands in a box of about -70 to 70 by -100 to 100, y downwards.
/// </summary>
internal readonly record struct GlyphPoint(double X, double Y, bool Corner);

/// <summary>
/// How each digit is written: several ways for most, each a list of strokes, each stroke the control points of a quadratic B-spline in the order of writing.
/// </summary>
internal static class DigitGlyphs
{
    private const bool Corner = true;

    // [digit][way of writing it][stroke][point]
    private static readonly GlyphPoint[][][][] Table =
    [
        // 0: round; narrow, with the ends crossing at the top.
        [
            [[P(8, -98), P(-70, -105), P(-75, 100), P(70, 105), P(75, -100), P(-5, -98)]],
            [[P(35, -85), P(-20, -120), P(-60, -50), P(-60, 105), P(45, 110), P(65, -40), P(25, -100), P(-20, -90)]],
        ],

        // 1: a bare line; with a flag; with a flag and a foot.
        [
            [[P(0, -98), P(0, 98)]],
            [[P(-40, -50), P(8, -98, Corner), P(5, 98)]],
            [[P(-35, -60), P(5, -98, Corner), P(5, 96)], [P(-45, 96), P(50, 96)]],
        ],

        // 2: with a corner at the foot; with a loop there.
        [
            [[P(-58, -50), P(-55, -108), P(65, -112), P(70, -25), P(-5, 30), P(-62, 96, Corner), P(65, 92)]],
            [[P(-52, -60), P(-35, -112), P(65, -108), P(60, -10), P(-25, 90), P(-75, 100), P(-62, 50), P(0, 78), P(70, 92)]],
        ],

        // 3: two bows; a flat top.
        [
            [[P(-55, -70), P(-35, -108), P(62, -108), P(62, -8), P(-15, -6, Corner), P(72, 0), P(75, 105), P(-35, 108), P(-62, 66)]],
            [[P(-55, -96), P(52, -96, Corner), P(-8, -20, Corner), P(75, -22), P(72, 106), P(-35, 108), P(-60, 70)]],
        ],

        // 4: open, in two strokes; closed, in one.
        [
            [[P(-40, -95), P(-60, 18, Corner), P(62, 14)], [P(32, -50), P(28, 98)]],
            [[P(30, 98), P(30, -96, Corner), P(-65, 36, Corner), P(66, 36)]],
        ],

        // 5: in one stroke from the top right; the bar written last and lying free.
        [
            [[P(55, -96), P(-38, -94, Corner), P(-48, -10, Corner), P(10, -48), P(78, -20), P(70, 105), P(-25, 108), P(-60, 72)]],
            [[P(-30, -85), P(-42, -12, Corner), P(25, -40), P(75, 0), P(60, 108), P(-20, 106), P(-58, 80)], [P(-26, -90), P(62, -100)]],
        ],

        // 6: a wide bow; a straight back.
        [
            [[P(48, -92), P(-35, -95), P(-75, 40), P(-50, 108), P(65, 112), P(68, -5), P(-30, -10), P(-58, 45)]],
            [[P(5, -98), P(-55, -10), P(-65, 106), P(62, 110), P(60, 5), P(-30, 10), P(-50, 60)]],
        ],

        // 7: plain; crossed; with a hook.
        [
            [[P(-60, -92), P(60, -94, Corner), P(-18, 98)]],
            [[P(-60, -92), P(60, -94, Corner), P(20, -10), P(-15, 98)], [P(-32, 4), P(48, 0)]],
            [[P(-58, -58), P(-55, -95, Corner), P(58, -94, Corner), P(5, 5), P(0, 98)]],
        ],

        // 8: in one stroke; as two rings.
        [
            [[P(48, -72), P(20, -112), P(-65, -105), P(-60, -20), P(55, 15), P(75, 108), P(-70, 112), P(-68, 15), P(58, -25), P(55, -85), P(30, -98)]],
            [
                [P(5, -97), P(-58, -98), P(-55, -5), P(52, -5), P(55, -98), P(0, -97)],
                [P(0, -5), P(-68, -5), P(-70, 100), P(68, 102), P(68, -8), P(0, -4)],
            ],
        ],

        // 9: a straight back; a bent one.
        [
            [[P(48, -60), P(35, -108), P(-60, -108), P(-65, 10), P(40, 12), P(55, -75, Corner), P(42, 98)]],
            [[P(50, -50), P(38, -110), P(-60, -108), P(-62, 5), P(45, 10), P(60, -70, Corner), P(68, 60), P(35, 112), P(-48, 84)]],
        ],
    ];

    /// <summary>The number of ways in which a digit may be written.</summary>
    public static int Ways(int digit) => Table[digit].Length;

    /// <summary>The strokes of one way of writing a digit.</summary>
    public static ReadOnlySpan<GlyphPoint[]> Strokes(int digit, int way) => Table[digit][way];

    private static GlyphPoint P(double x, double y, bool corner = false) => new(x, y, corner);
}
