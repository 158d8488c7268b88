using System.Security.Cryptography;

namespace Webserv.Host.Plugins.Trust;

/// <summary>A public key whose signatures are trusted.</summary>
internal sealed class TrustedKey
{
    private const int LargestFile = 64 * 1024;
    private const int SmallestRsa = 2048;

    private readonly byte[] _key;
    private readonly bool _isRsa;

    private TrustedKey(byte[] key, bool isRsa)
    {
        _key = key;
        _isRsa = isRsa;
    }

    /// <summary>Reads a key.</summary>
    /// <param name="file">A PEM file.</param>
    /// <param name="problem">What is wrong with it.</param>
    /// <returns><see langword="null"/> where something is wrong.</returns>
    public static TrustedKey? Read(string file, out string problem)
    {
        try
        {
            if (new FileInfo(file).Length > LargestFile)
            {
                problem = $"{file} is no key: it is larger than {LargestFile / 1024} KB";
                return null;
            }

            var text = File.ReadAllText(file);
            if (text.Contains("PRIVATE KEY", StringComparison.Ordinal))
            {
                problem = $"{file} holds a private key, which must not be on the server: openssl pkey -in {Path.GetFileName(file)} -pubout writes the public one";
                return null;
            }

            return FromPem(text, file, out problem);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"the key {file} cannot be read: {exception.Message}";
            return null;
        }
    }

    /// <summary>Whether a signature of some data was made with the private key that belongs to it.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (_isRsa)
        {
            using var rsa = RSA.Create();
            rsa.ImportSubjectPublicKeyInfo(_key, out _);
            return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        using var curve = ECDsa.Create();
        curve.ImportSubjectPublicKeyInfo(_key, out _);
        return curve.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static TrustedKey? FromPem(string text, string file, out string problem)
    {
        problem = "";
        if (TryImport(ECDsa.Create(), text) is { } curve)
        {
            using (curve)
            {
                return new TrustedKey(curve.ExportSubjectPublicKeyInfo(), isRsa: false);
            }
        }

        if (TryImport(RSA.Create(), text) is not { } rsa)
        {
            problem = $"{file} holds no public key in PEM, ECDSA or RSA";
            return null;
        }

        using (rsa)
        {
            if (rsa.KeySize < SmallestRsa)
            {
                problem = $"the key {file} has {rsa.KeySize} bits; RSA takes at least {SmallestRsa}";
                return null;
            }

            return new TrustedKey(rsa.ExportSubjectPublicKeyInfo(), isRsa: true);
        }
    }

    private static T? TryImport<T>(T algorithm, string text)
        where T : AsymmetricAlgorithm
    {
        try
        {
            algorithm.ImportFromPem(text);
            return algorithm;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            // Of the other kind, or none at all.
            algorithm.Dispose();
            return null;
        }
    }
}
