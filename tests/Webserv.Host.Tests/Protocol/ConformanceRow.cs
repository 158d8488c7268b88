namespace Webserv.Host.Tests.Protocol;

/// <summary>A row of the tables: what a client sends, step by step, and what it must see.</summary>
/// <param name="Id">Names the row, for example <c>fields.host.missing</c>.</param>
/// <param name="Clause">The clause that asks for it, for example <c>9112 §3.2</c>; <c>own</c> for a decision of ours.</param>
/// <param name="Level">MUST, SHOULD, MAY or own.</param>
/// <param name="Steps">What is sent and what comes back, in order.</param>
/// <param name="Splits">Whether it can be split.</param>
/// <param name="End">What becomes of the connection.</param>
internal sealed record ConformanceRow(string Id, string Clause, string Level, IReadOnlyList<ConformanceStep> Steps, bool Splits, ConnectionEnd End)
{
    /// <summary>The status of the last answer; 0 where there is none.</summary>
    public int Status => Steps.SelectMany(step => step.Answers).LastOrDefault()?.Status ?? 0;
}
