//! Where a model runs: on the CPU, or with some layers on GPUs. Pure: configuration and list of
//! devices in, placement out.

use super::EngineConfig;
use super::backend::{DeviceInfo, DeviceKind};

/// The GPUs in use and the number of layers on them; no GPUs if no layers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Placement {
    pub gpus: Vec<DeviceInfo>,
    pub layers: u32,
}

/// Chooses where to run a model: on the named device; otherwise on all GPUs of the first kind of
/// driver and memory, discrete cards before integrated ones.
///
/// # Errors
/// No device has that name; the error lists the existing ones.
pub(super) fn place(config: &EngineConfig, devices: &[DeviceInfo]) -> Result<Placement, String> {
    let gpus: Vec<&DeviceInfo> = match &config.device {
        Some(name) => {
            let named = devices
                .iter()
                .find(|device| device.name.eq_ignore_ascii_case(name))
                .ok_or_else(|| unknown_device(name, devices))?;
            Some(named)
                .filter(|device| device.is_gpu())
                .into_iter()
                .collect()
        }
        None => {
            let best = [DeviceKind::Gpu, DeviceKind::IntegratedGpu]
                .iter()
                .find_map(|kind| devices.iter().find(|device| device.kind == *kind));
            // Two drivers may see the same card, so use only one driver.
            devices
                .iter()
                .filter(|device| {
                    best.is_some_and(|best| {
                        (&device.backend, device.kind) == (&best.backend, best.kind)
                    })
                })
                .collect()
        }
    };
    let all = u32::try_from(i32::MAX).expect("positive");
    let layers = config.gpu_layers.unwrap_or(all).min(all);
    Ok(if layers == 0 || gpus.is_empty() {
        Placement {
            gpus: Vec::new(),
            layers: 0,
        }
    } else {
        Placement {
            gpus: gpus.into_iter().cloned().collect(),
            layers,
        }
    })
}

impl Placement {
    /// Whether the whole model runs on the CPU.
    pub fn on_cpu(&self) -> bool {
        self.gpus.is_empty()
    }

    /// For display: the names of the GPUs, as `--device` takes them, with the number of layers on
    /// them if that is not `all`.
    pub fn told(&self, all: u32) -> String {
        let names: Vec<&str> = self.gpus.iter().map(|gpu| gpu.name.as_str()).collect();
        match self.layers {
            0 => "CPU".to_owned(),
            some if some < all => format!("{} ({some} of {all} layers)", names.join(", ")),
            _ => names.join(", "),
        }
    }
}

fn unknown_device(name: &str, devices: &[DeviceInfo]) -> String {
    let names: Vec<&str> = devices.iter().map(|device| device.name.as_str()).collect();
    format!(
        "no device is named {name}. Available: {}.",
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(index: usize, name: &str, backend: &str, kind: DeviceKind) -> DeviceInfo {
        DeviceInfo {
            name: name.to_owned(),
            description: String::new(),
            backend: backend.to_owned(),
            kind,
            memory_total: 0,
            memory_free: 0,
            index,
        }
    }

    /// A laptop with one integrated and two discrete GPUs, one of which a second driver sees too.
    fn machine() -> Vec<DeviceInfo> {
        vec![
            device(0, "Vulkan0", "Vulkan", DeviceKind::IntegratedGpu),
            device(1, "CUDA0", "CUDA", DeviceKind::Gpu),
            device(2, "CUDA1", "CUDA", DeviceKind::Gpu),
            device(3, "Vulkan1", "Vulkan", DeviceKind::Gpu),
            device(4, "CPU", "CPU", DeviceKind::Cpu),
        ]
    }

    /// Where a model of seven layers runs.
    fn placed(layers: Option<u32>, name: Option<&str>, devices: &[DeviceInfo]) -> String {
        let config = EngineConfig {
            gpu_layers: layers,
            device: name.map(str::to_owned),
            ..EngineConfig::new("model.gguf")
        };
        place(&config, devices).expect("a place").told(7)
    }

    #[test]
    fn all_layers_go_to_the_cards_of_one_driver_unless_something_else_is_asked_for() {
        let machine = machine();
        assert_eq!(placed(None, None, &machine), "CUDA0, CUDA1");
        assert_eq!(
            placed(Some(3), Some("vulkan1"), &machine),
            "Vulkan1 (3 of 7 layers)"
        );
        let shared = [machine[0].clone(), machine[4].clone()];
        assert_eq!(placed(None, None, &shared), "Vulkan0");
    }

    #[test]
    fn a_model_without_layers_on_a_gpu_uses_none() {
        let machine = machine();
        for (layers, name) in [(0, None), (0, Some("CUDA1")), (5, Some("CPU"))] {
            let config = EngineConfig {
                gpu_layers: Some(layers),
                device: name.map(str::to_owned),
                ..EngineConfig::new("model.gguf")
            };
            let placement = place(&config, &machine).expect("a place");
            assert_eq!((placement.gpus, placement.layers), (Vec::new(), 0));
        }
        assert_eq!(placed(None, None, &machine[4..]), "CPU");
    }
}
