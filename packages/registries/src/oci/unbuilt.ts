import { type ImageReference, imageName, parseImage } from '@slipway/core/image'
import { type ImageBuild, namesOf } from '@slipway/core/image-build'
import type { Ports } from '@slipway/core/ports'
import { error, type Problem } from '@slipway/core/problem'
import { RemoteError } from '@slipway/core/publisher'
import type { Endpoints } from '../endpoints.ts'
import type { Login } from './authorization.ts'
import { OciClient } from './client.ts'
import { OciPublisher, type OciTarget } from './publisher.ts'
import { imageTarget } from './target.ts'

/** What an image that is not built yet is built from, and the access to it. */
interface UnbuiltImage {
  build: ImageBuild
  login: Login
  endpoints: Pick<Endpoints, 'dockerhub' | 'standIn'>
}

/** The publisher of an image that is not built yet: it also checks that the image can be built. */
export class UnbuiltImagePublisher extends OciPublisher {
  readonly #ports: Pick<Ports, 'http' | 'clock'>
  readonly #image: UnbuiltImage

  constructor(ports: Pick<Ports, 'http' | 'clock'>, to: OciTarget, image: UnbuiltImage) {
    super(ports, to)
    this.#ports = ports
    this.#image = image
  }

  override async verify(): Promise<Problem[]> {
    const { build, endpoints } = this.#image
    // A sandbox has no base images.
    const bases = endpoints.standIn ? [] : build.bases.map(parseImage)
    const missing = await Promise.all(bases.map((each) => (each === null ? [] : this.#missing(each))))
    return [...(await super.verify()), ...missing.flat()]
  }

  /** Reports a base image that its registry says it does not have; another answer is the engine's to deal with. */
  async #missing(base: ImageReference): Promise<Problem[]> {
    const { build, login, endpoints } = this.#image
    const target = imageTarget(base, await login(base.registry), [], endpoints)
    const reference = base.digest ?? base.tag ?? 'latest'
    const found = await new OciClient(this.#ports, target).digestOf(reference).catch((cause: unknown) => {
      if (cause instanceof RemoteError) return undefined
      throw cause
    })
    if (found !== null) return []
    const name = `${imageName(base)}${base.digest === null ? ':' : '@'}${reference}`
    const message = `${base.registry} has no ${name}, the base image of ${namesOf(build)}, which could not be built later.`
    const hint = `Correct \`FROM\` in ${build.file}, or push the base image first.`
    return [error('base-image-missing', message, hint, { file: build.file, line: 1 })]
  }
}
