using System.Reflection;
using System.Text;

namespace Tapestry.Testing;

/// <summary>An assembly's public types and members as sorted text, so that a snapshot shows every change of what users can call.</summary>
public static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
    };

    public static string Of(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type));
            if (type.BaseType is { } parent && parent != typeof(object) && !type.IsValueType && !type.IsEnum && parent != typeof(MulticastDelegate)) text.Append(" : ").Append(Name(parent));
            text.Append('\n');
            if (type.IsEnum) foreach (string value in Enum.GetNames(type)) text.Append("    ").Append(value).Append('\n');
            else foreach (string member in Members(type).Distinct().Order(StringComparer.Ordinal)) text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
        : type.IsInterface ? "interface"
        : type.IsValueType ? "struct"
        : type.IsAbstract && type.IsSealed ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class" : "class";

    private static IEnumerable<string> Members(Type type)
    {
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            yield return Signature(type.GetMethod("Invoke")!, "Invoke");
            yield break;
        }

        foreach (ConstructorInfo constructor in type.GetConstructors(Declared).Where(IsVisible)) yield return $"new({Parameters(constructor)})";
        foreach (PropertyInfo property in type.GetProperties(Declared))
        {
            string accessors = string.Concat(property.GetAccessors(nonPublic: true).Where(IsVisible).Select(accessor => accessor.ReturnType == typeof(void)
                ? accessor.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? "init; " : "set; "
                : "get; "));
            ParameterInfo[] indices = property.GetIndexParameters();
            string name = indices.Length == 0 ? property.Name : $"this[{string.Join(", ", indices.Select(index => Name(index.ParameterType)))}]";
            if (accessors.Length > 0) yield return $"{Name(property.PropertyType)} {name} {{ {accessors}}}";
        }

        foreach (FieldInfo field in type.GetFields(Declared).Where(field => field.IsPublic)) yield return $"{(field.IsLiteral ? "const " : "")}{Name(field.FieldType)} {field.Name}";
        foreach (MethodInfo method in type.GetMethods(Declared).Where(method => IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) && !IsCompilers(method)))
        {
            yield return (method.IsStatic && !(type.IsAbstract && type.IsSealed) ? "static " : "") + (method.IsAbstract && !type.IsInterface ? "abstract " : "") + (method.IsFamily ? "protected " : "") + Signature(method, method.Name);
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    /// <summary>What records are given by the compiler, and what every object has.</summary>
    private static bool IsCompilers(MethodInfo method) =>
        method.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute)) || method.Name is "ToString" or "GetHashCode" or "Equals" or "PrintMembers" or "Deconstruct" or "<Clone>$";

    private static string Signature(MethodInfo method, string name) =>
        $"{Name(method.ReturnType)} {name}{(method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "")}({Parameters(method)})";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = " + Default(parameter) : "")}"));

    private static string Default(ParameterInfo parameter) => parameter.RawDefaultValue switch
    {
        null => parameter.ParameterType.IsValueType ? "default" : "null",
        bool value => value ? "true" : "false",
        string value => $"\"{value}\"",
        object value => FormattableString.Invariant($"{(parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, value) : value)}"),
    };

    private static string Name(Type type)
    {
        if (Keywords.TryGetValue(type, out string? keyword)) return keyword;
        if (type.IsByRef) return "ref " + Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Name(underlying) + "?";
        if (type.IsGenericParameter) return type.Name;
        string name = type.IsNested ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        return type.IsGenericType ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
