using Webserv.Fuzzing.Targets;

namespace Webserv.Fuzzing;

/// <summary>Makes a failing input small.</summary>
internal static class Reduction
{
    /// <summary>Takes pieces out, large ones first, as long as it fails in the same way.</summary>
    public static byte[] Reduce(IFuzzTarget target, byte[] input)
    {
        var failure = Failure(target, input)?.GetType();
        if (failure is null)
        {
            return input;
        }

        for (var size = Math.Max(1, input.Length / 2); size >= 1; size /= 2)
        {
            for (var start = 0; start + size <= input.Length;)
            {
                byte[] shorter = [.. input[..start], .. input[(start + size)..]];
                if (Failure(target, shorter)?.GetType() == failure)
                {
                    input = shorter;
                }
                else
                {
                    start += size;
                }
            }
        }

        return input;
    }

    /// <summary>What an input leads to.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1031", Justification = "Whatever escapes is what is looked for.")]
    public static Exception? Failure(IFuzzTarget target, byte[] input)
    {
        try
        {
            target.Run(input);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }
}
