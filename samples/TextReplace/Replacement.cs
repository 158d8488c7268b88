namespace Webserv.Samples.TextReplace;

/// <summary>What is replaced by what, in UTF-8.</summary>
internal sealed record Replacement(byte[] Search, byte[] By);
