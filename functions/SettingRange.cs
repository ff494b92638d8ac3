namespace SasRec.Functions;

/// <summary>Refuses a setting that is out of range, by the name under which it is set.</summary>
static class SettingRange
{
    public static void Require<T>(string setting, T value, T least, T most) where T : IComparable<T>
    {
        // The comparison is written so that NaN, which compares below everything, is refused too.
        if (!(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0))
        {
            throw new ArgumentOutOfRangeException(setting, value, $"{setting} must be {least} to {most}.");
        }
    }
}
