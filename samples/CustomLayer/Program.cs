// A layer of one's own that behaves differently in training.
using Tapestry.Autodiff;
using Tapestry.Layers;
using Tapestry.Samples.CustomLayer;
using Tapestry.Tensors;

var model = new Sequential(inputShape: [3], seed: 1) { new Jitter(0.5) };
Variable x = Tensor.From(new float[,] { { 1, 2, 3 } });

// The mode is handed to each call, and the layer follows it.
Console.WriteLine($"training    {Row(model, Mode.Train)}");
Console.WriteLine($"again       {Row(model, Mode.Train)}");
Console.WriteLine($"inference   {Row(model, Mode.Inference)}");

// Unless the layer has been told otherwise: Keras's argument training.
var always = new Sequential(inputShape: [3], seed: 1) { new Jitter(0.5) { Training = true } };
var never = new Sequential(inputShape: [3], seed: 1) { new Jitter(0.5) { Training = false } };
Console.WriteLine($"always      {Row(always, Mode.Inference)}");
Console.WriteLine($"never       {Row(never, Mode.Train)}");

// The same check that the library's own layers have to pass, in either mode.
LayerSample sample = new(() => new Jitter(0.5), [3]);
Console.WriteLine(sample.Check(Mode.Train, order: 1));
Console.WriteLine(sample.Check(Mode.Inference, order: 1));

string Row(Sequential model, Mode mode) => model.Forward(x, mode).Reshape(-1).ToString();
