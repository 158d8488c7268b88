namespace Company.Plugin_1;

/// <summary>What an entry of a pipeline may say in its <c>Options</c>.</summary>
public sealed class Plugin1NameOptions
{
#if (filter)
    /// <summary>The name of the field that every answer gets.</summary>
    public string Field { get; set; } = "X-Plugin1Name";

    /// <summary>The value of the field; not empty.</summary>
    public string Value { get; set; } = "";
#else
    /// <summary>What is answered; not empty.</summary>
    public string Text { get; set; } = "";
#endif
}
