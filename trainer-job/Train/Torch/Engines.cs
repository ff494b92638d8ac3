using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SasRec.Trainer.Train;

/// <content>Torch is part of this build.</content>
static partial class Engines
{
    static partial void FindTorch(ref TorchSupport? found)
    {
        // TorchSharp itself writes to stdout when libtorch is missing, so it is asked only when its library and all that it needs load.
        var loads = NativeLibrary.TryLoad("LibTorchSharp", typeof(TorchSharp.torch).Assembly, null, out _);
        found = new TorchSupport(
            loads, loads && cuda.is_available(), (data, initial, options) => new Train.Torch.TorchEngine(data, initial, options));
    }
}
